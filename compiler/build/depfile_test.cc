#include "compiler/build/depfile.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

TEST(Depfile, IsOneRuleAndWherePhonyIsAskedForOneMoreForEachFile) {
  EXPECT_EQ(depfile_text({"a.img"}, {"faas.yaml", "src/a.cc"}, false),
            "a.img: \\\n  faas.yaml \\\n  src/a.cc\n");
  EXPECT_EQ(depfile_text({"a.img", "b.img"}, {"x", "y"}, true), "a.img b.img: \\\n  x \\\n  y\nx:\ny:\n");
  EXPECT_EQ(depfile_text({"a.img"}, {}, true), "a.img:\n");
}

TEST(Depfile, LeavesOutWhatNoRuleCanName) {
  EXPECT_EQ(depfile_text({"a"}, {"two\nlines", "se;mi", "b"}, true), "a: \\\n  b\nb:\n");
}

TEST(Depfile, QuotesWhatMakeWouldRead) {
  EXPECT_EQ(make_quoted("a b"), "a\\ b");
  EXPECT_EQ(make_quoted("#1"), "\\#1");
  EXPECT_EQ(make_quoted("$HOME"), "$$HOME");
  EXPECT_EQ(make_quoted("a\\b"), "a\\b");
  EXPECT_EQ(make_quoted("a\\ b"), "a\\\\\\ b");
  EXPECT_EQ(make_quoted("c:d"), "c\\:d");
}

// What make and Ninja take for the file's name is the file's name: neither has anything to do while it is
// there unchanged, and both do when it changes.
class DepfileReaders : public testing::TestWithParam<const char*> {};

TEST_P(DepfileReaders, FindTheFile) {
  auto directory = TemporaryDirectory::create(testing::TempDir(), "depfile").value();
  fs::path here = directory.path();
  std::string name = GetParam();
  ASSERT_TRUE(write_file(here / name, "x"));
  ASSERT_TRUE(write_file(here / "ready.d", depfile_text({"out"}, {name}, false)));
  ASSERT_TRUE(write_file(here / "Makefile", "out:\n\t@echo ran; touch out\n-include ready.d\n"));
  // Ninja takes the dependencies away once it has read them.
  ASSERT_TRUE(write_file(here / "build.ninja",
                         "rule r\n  command = cp ready.d out.d && echo ran && touch out\n  depfile = out.d\n"
                         "  deps = gcc\nbuild out: r\n"));
  auto ran = [&](const std::vector<std::string>& argv) {
    auto finished = run({.argv = argv, .working_directory = here});
    EXPECT_TRUE(finished && finished->status.ok()) << (finished ? finished->out + finished->err : "");
    return finished && finished->out.find("ran\n") != std::string::npos;
  };
  auto touch = [&] {
    fs::last_write_time(here / name, fs::file_time_type::clock::now() + std::chrono::hours(1));
  };
  auto calm = [&] {
    fs::last_write_time(here / name, fs::file_time_type::clock::now() - std::chrono::hours(1));
  };
  for (const char* tool : {"make", "ninja"}) {
    SCOPED_TRACE(tool);
    if (!find_program(tool)) GTEST_SKIP() << tool << " is not installed";
    fs::remove(here / "out");
    calm();
    EXPECT_TRUE(ran({tool, "out"}));
    EXPECT_FALSE(ran({tool, "out"}));
    touch();
    EXPECT_TRUE(ran({tool, "out"}));
  }
}

INSTANTIATE_TEST_SUITE_P(, DepfileReaders,
                         testing::Values("plain", "with space", "#hash", "$dollar", "back\\slash", "a\\ b",
                                         "co:lon", "umläut", "100%", "(round)", "[square]"));

}  // namespace
}  // namespace faasc
