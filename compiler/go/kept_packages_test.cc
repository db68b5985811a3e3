#include "compiler/go/kept_packages.h"

#include <cstdlib>
#include <functional>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/file_stamp.h"

namespace faasc::go {
namespace {

namespace fs = std::filesystem;

// A module with two packages, and the answer that go would give to a question about it.
class KeptPackages : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::canonical(place_.path()) / "module";
    for (const char* file : {"go.mod", "go.sum", "f.go", "inner/part/g.go"})
      ASSERT_TRUE(write_file(root_ / file, file));
    ASSERT_TRUE(write_file(root_ / "../go/VERSION", "go1.26.8"));
    module_ = {.root = root_, .path = "m", .go = {}};
    facts_.packages.resize(2);
    facts_.packages[0].directory = ".";
    facts_.packages[0].files = {{"f.go", {{.path = "net/http", .place = {}}}}};
    facts_.packages[1].directory = "inner/part";
    facts_.packages[1].files = {{"g.go", {}}};
    toolchain_ = {root_ / "../go/bin/go", root_ / "../go", "1.26.8"};
    overlay_.generated[root_ / "zz_faasc/main/main.go"] = "package main";
    overlay_.generated[root_ / "f.go"] = "the user's";
    answer_ =
        "{\n\t\"ImportPath\": \"net/http\",\n\t\"Standard\": true\n}\n{\n\t\"ImportPath\": \"a/b\",\n"
        "\t\"Dir\": \"/cache/a/b\",\n\t\"Module\": {\"Path\": \"a\", \"Version\": \"v1\"}\n}\n" +
        listed(root_) + listed(root_ / "inner/part") + listed(root_ / "zz_faasc/main");
    // Files may be stamped by a finer clock.
    asked_ns_ = file_clock_ns() + 1'000'000'000;
  }
  static std::string listed(const fs::path& directory) {
    return "{\n\t\"ImportPath\": \"m\",\n\t\"Dir\": \"" + directory.string() + "\",\n" +
           "\t\"GoFiles\": [\"f.go\"],\n\t\"Module\": {\"Path\": \"m\", \"Main\": true}\n}\n";
  }
  ListQuestion question() const {
    return {.argv = argv_,
            .environment = environment_,
            .toolchain = toolchain_,
            .module = module_,
            .facts = facts_,
            .directory = root_,
            .overlay = overlay_};
  }
  void keep() { keep_packages(file(), question(), read_package_list(answer_).value(), answer_, asked_ns_); }
  fs::path file() const { return root_ / "../packages.list"; }
  bool known() const { return kept_packages(file(), question()).has_value(); }
  void put(const fs::path& path, std::string_view text) { ASSERT_TRUE(write_file(root_ / path, text)); }

  TemporaryDirectory place_ = TemporaryDirectory::create(testing::TempDir(), "kept").value();
  fs::path root_;
  std::vector<std::string> argv_{"go", "list"};
  std::map<std::string, std::string> environment_{{"GOARCH", "amd64"}};
  Toolchain toolchain_;
  Module module_;
  Facts facts_;
  Overlay overlay_;
  std::string answer_;
  std::int64_t asked_ns_ = 0;
};

TEST_F(KeptPackages, AreThoseOfLastTimeAfterAnEditOfABody) {
  EXPECT_FALSE(known());
  keep();
  auto packages = kept_packages(file(), question());
  ASSERT_TRUE(packages);
  EXPECT_EQ(packages->size(), 5u);
  EXPECT_EQ((*packages)[2].directory, root_);
  put("f.go", "another body");
  overlay_.generated[root_ / "f.go"] = "another body, with other imports of the framework";
  facts_.packages[0].funcs.resize(3);
  facts_.packages[0].uses.resize(1);
  EXPECT_TRUE(known());
}

TEST_F(KeptPackages, AreAskedForAgainWhereTheAnswerMayBeAnother) {
  struct Change {
    const char* what;
    std::function<void()> make;
  };
  const Change changes[] = {
      {"another flag", [&] { argv_.push_back("-tags=x"); }},
      {"another variable of ours", [&] { environment_["GOARCH"] = "arm64"; }},
      {"another variable of the user's", [&] { ::setenv("GOMODCACHE", "/elsewhere", 1); }},
      {"another Go", [&] { toolchain_.version = "1.19"; }},
      {"the Go was replaced", [&] { put("../go/VERSION", "go1.27"); }},
      {"go.mod", [&] { put("go.mod", "module m2"); }},
      {"go.sum", [&] { put("go.sum", "more"); }},
      {"go.sum is gone", [&] { fs::remove(root_ / "go.sum"); }},
      {"a workspace", [&] { put("../go.work", "go 1.26"); }},
      {"a workspace that is named", [&] { ::setenv("GOWORK", "/w/go.work", 1); }},
      {"a module of its own", [&] { put("inner/go.mod", "module n"); }},
      {"what the detector says of that", [&] { facts_.nested = {"inner"}; }},
      {"a source in C", [&] { put("inner/part/x.c", ""); }},
      {"a source less", [&] { fs::remove(root_ / "inner/part/g.go"); }},
      {"a package less", [&] { fs::remove_all(root_ / "inner/part"); }},
      {"another import", [&] { facts_.packages[0].files[0].imports.push_back({.path = "os", .place = {}}); }},
      {"no import", [&] { facts_.packages[0].files[0].imports.clear(); }},
      {"a file that its tags leave out", [&] { facts_.packages[1].files.clear(); }},
      {"a file that needs cgo", [&] { facts_.cgo_files = {"c.go"}; }},
      {"cgo", [&] { facts_.packages[1].files[0].imports = {{.path = "C", .place = {}}}; }},
      {"embedded files", [&] { facts_.packages[1].files[0].imports = {{.path = "embed", .place = {}}}; }},
      {"vendored packages", [&] { module_.vendored = true; }},
      {"a package that the detector did not see", [&] { facts_.packages.pop_back(); }},
      {"another main function",
       [&] { overlay_.generated[root_ / "zz_faasc/main/main.go"] = "package main // 2"; }},
      {"another runtime", [&] { overlay_.installed[root_ / "zz_faasc/faasrt/a.go"] = "/a.go"; }},
      {"a damaged answer", [&] { put("../packages.list", read_file(file()).value().substr(0, 300)); }},
      {"another version of the file", [&] { put("../packages.list", "faasc go list 0 x\n" + answer_); }},
  };
  for (const Change& change : changes) {
    SCOPED_TRACE(change.what);
    fs::remove_all(root_.parent_path());
    fs::create_directories(root_);
    ::unsetenv("GOMODCACHE");
    ::unsetenv("GOWORK");
    argv_ = {"go", "list"};
    environment_ = {{"GOARCH", "amd64"}};
    facts_ = {};
    overlay_ = {};
    SetUp();
    keep();
    EXPECT_TRUE(known());
    change.make();
    EXPECT_FALSE(known());
  }
  ::unsetenv("GOMODCACHE");
  ::unsetenv("GOWORK");
}

TEST_F(KeptPackages, AreNotKeptWhereAFileChangedMeanwhile) {
  asked_ns_ = stamp_of(root_ / "f.go").changed_ns;
  keep();
  EXPECT_FALSE(fs::exists(file()));
  put("../packages.list", "an earlier answer");
  keep();
  EXPECT_FALSE(fs::exists(file())) << "neither is what was kept before";
}

TEST_F(KeptPackages, OfAModuleElsewhereAreNotKept) {
  answer_ += listed("/elsewhere/c");
  keep();
  EXPECT_FALSE(fs::exists(file()));
}

}  // namespace
}  // namespace faasc::go
