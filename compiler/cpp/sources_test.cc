#include "compiler/cpp/sources.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace faasc::cpp {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

TEST(Glob, Matches) {
  struct Case {
    const char* pattern;
    const char* path;
    bool matches;
  };
  const Case cases[] = {
      {"*.cc", "a.cc", true},
      {"*.cc", "src/a.cc", false},
      {"**/*.cc", "a.cc", true},
      {"**/*.cc", "x/y/a.cc", true},
      {"src/**", "src/a/b.cc", true},
      {"src/**", "src", false},
      {"src/**/a.cc", "src/a.cc", true},
      {"src/**/a.cc", "other/a.cc", false},
      {"./src/*.cc", "src/a.cc", true},
      {"a?.cc", "ab.cc", true},
      {"a?.cc", "a.cc", false},
      {"[a-c]x.cc", "bx.cc", true},
      {"[!a-c]x.cc", "bx.cc", false},
      {"[x.cc", "[x.cc", true},
      {"*.{cc,cpp}", "a.cpp", true},
      {"*.{cc,cpp}", "a.cxx", false},
      {"{a,b}/{c,d}.cc", "b/d.cc", true},
      {"{x.cc", "{x.cc", true},
      {"a*b*c.cc", "axxbyyc.cc", true},
      {"a*b*c.cc", "axxbyy.cc", false},
      {"a.cc", "a.cc", true},
      {"A.cc", "a.cc", false},
  };
  for (const Case& c : cases)
    EXPECT_EQ(matches_glob(c.path, c.pattern), c.matches) << c.pattern << " on " << c.path;
}

TEST(Glob, StaysFastOnHostilePatterns) {
  std::string path(200, 'a'), pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  EXPECT_FALSE(matches_glob(path, pattern + "b"));
}

class Project : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryDirectory::create(testing::TempDir(), "faasc sources");
    ASSERT_TRUE(made);
    directory_.emplace(std::move(*made));
  }
  const fs::path& path() const { return directory_->path(); }
  void touch(const std::string& name) { ASSERT_TRUE(write_file(path() / name, "")); }
  Names find(const Names& patterns) {
    searched_.clear();
    auto found = find_cpp_sources(path(), patterns, searched_);
    if (!found) {
      std::string what = found.error().code + " " + found.error().what;
      for (std::size_t at; (at = what.find(path().string())) != std::string::npos;)
        what.replace(at, path().string().size(), "P");
      return {what};
    }
    return *found;
  }
  std::vector<fs::path> searched_;
  std::optional<TemporaryDirectory> directory_;
};

TEST_F(Project, TakesEverySourceButTestsAndLeftovers) {
  for (const char* name :
       {"b.cc", "a.cpp", "src/c.cxx", "src/d.h", "src/e.c", "a_test.cc", "test_a.cc", "tests/x.cc",
        "build/y.cc", "build-x/y.cc", "out/z.cc", ".git/g.cc", "cmake-dir/CMakeCache.txt", "cmake-dir/h.cc",
        "node_modules/n.cc", "sp ace/ü.cc", ".hidden.cc"})
    touch(name);
  EXPECT_EQ(find({}), (Names{"a.cpp", "b.cc", "sp ace/ü.cc", "src/c.cxx"}));
  EXPECT_EQ(searched_, (std::vector<fs::path>{path(), path() / "sp ace", path() / "src", path() / "tests"}));
}

TEST_F(Project, ExpandsPatterns) {
  for (const char* name : {"a.cc", "main.cc", "src/b.cc", "src/deep/c.cc", "tests/t.cc", "legacy/l.c"})
    touch(name);
  EXPECT_EQ(find({"src/**/*.cc", "a.cc", "./a.cc"}), (Names{"a.cc", "src/b.cc", "src/deep/c.cc"}));
  EXPECT_EQ(find({"tests/*.cc", "legacy/*.c"}), (Names{"legacy/l.c", "tests/t.cc"}));
  EXPECT_EQ(find({"!main.cc", "!src/**"}), (Names{"a.cc"}));
  EXPECT_EQ(find({"*.cc", "!main.cc"}), (Names{"a.cc"}));
}

TEST_F(Project, RefusesWhatMatchesNothing) {
  EXPECT_EQ(find({}), (Names{"FAASC0220 no C++ source in 'P': no .cc, .cpp or .cxx file outside of tests"}));
  touch("a.cc");
  EXPECT_EQ(find({"b.cc"}), (Names{"FAASC0220 no source 'b.cc' in 'P'"}));
  EXPECT_EQ(find({"src/*.cc"}), (Names{"FAASC0220 no source matches 'src/*.cc' in 'P'"}));
  EXPECT_EQ(find({"../x.cc"}), (Names{"FAASC0220 source '../x.cc' is not inside the project"}));
  EXPECT_EQ(find({"/etc/*.cc"}), (Names{"FAASC0220 source '/etc/*.cc' is not inside the project"}));
  EXPECT_EQ(find({"!a.cc"}), (Names{"FAASC0220 'build.cpp.sources' leaves out every source of 'P'"}));
}

TEST_F(Project, DoesNotFollowSymlinkedDirectories) {
  touch("a.cc");
  fs::create_directory_symlink(".", path() / "loop");
  fs::create_symlink("a.cc", path() / "link.cc");
  EXPECT_EQ(find({}), (Names{"a.cc", "link.cc"}));
}

}  // namespace
}  // namespace faasc::cpp
