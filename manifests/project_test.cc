#include "manifests/project.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "manifests/reader.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

class ProjectTest : public ::testing::Test {
 protected:
  ProjectTest()
      : directory_(TemporaryDirectory::create(fs::temp_directory_path(), "faasc-project").value()) {}

  void write(std::string_view path, std::string_view text = "") {
    ASSERT_TRUE(write_file(root() / path, text));
  }
  fs::path root() const { return directory_.path() / "Price List"; }

  std::optional<Manifest> resolve(std::string text) {
    diagnostics_ = {};
    std::optional<Manifest> manifest =
        read_manifest_text("apiVersion: faasc/v1\n" + text, "faas.yaml", diagnostics_, {});
    if (!manifest) return manifest;
    listing_ = list_project(root()).value();
    resolve_manifest(*manifest, listing_, diagnostics_);
    return manifest;
  }
  std::string findings() const {
    std::string out;
    for (const Diagnostic& diagnostic : diagnostics_.all()) out += to_text(diagnostic, Color::Off);
    return out;
  }

  TemporaryDirectory directory_;
  ProjectListing listing_;
  Diagnostics diagnostics_;
};

TEST_F(ProjectTest, ListsWhatThereIs) {
  write("src/a.cc");
  write(".git/config");
  write("node_modules/x/y.py");
  write(".faasignore", "*.txt\n");
  fs::create_symlink("src/a.cc", root() / "inside");
  fs::create_symlink("/etc/passwd", root() / "outside");
  fs::create_symlink("nowhere", root() / "dangling");
  fs::create_directory_symlink("src", root() / "alias");
  fs::create_directory_symlink(".", root() / "loop");
  ProjectListing listing = list_project(root()).value();
  EXPECT_EQ(listing.directory_name, "Price List");
  EXPECT_EQ(listing.ignore_text, "*.txt\n");
  std::map<std::string, EntryKind, std::less<>> expected = {{".faasignore", EntryKind::File},
                                                            {".git", EntryKind::Directory},
                                                            {"alias", EntryKind::Directory},
                                                            {"dangling", EntryKind::LinkOut},
                                                            {"inside", EntryKind::File},
                                                            {"loop", EntryKind::Directory},
                                                            {"node_modules", EntryKind::Directory},
                                                            {"outside", EntryKind::LinkOut},
                                                            {"src", EntryKind::Directory},
                                                            {"src/a.cc", EntryKind::File}};
  EXPECT_EQ(listing.entries, expected);
}

TEST_F(ProjectTest, RefusesADirectoryThatIsNotThere) {
  Result<ProjectListing> listing = list_project("/nowhere");
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().what, "cannot open '/nowhere': No such file or directory");
}

TEST_F(ProjectTest, InfersNameAndRuntime) {
  write("hello.cc");
  std::optional<Manifest> manifest = resolve("");
  ASSERT_TRUE(manifest);
  EXPECT_EQ(findings(), "");
  EXPECT_EQ(*manifest->name, "price-list");
  EXPECT_EQ(manifest->runtime->value.language, Language::Cpp);
  EXPECT_FALSE(manifest->runtime->written());
  write("tool.py");
  resolve("exclude: ['*.py']\n");
  EXPECT_EQ(findings(), "");
  resolve("");
  EXPECT_EQ(findings(),
            "faas.yaml: error: there is source of more than one language: 'hello.cc', 'tool.py' [FAASC0103]\n"
            "  hint: add 'runtime: cpp', 'runtime: python' or 'runtime: go' to the manifest\n");
}

TEST_F(ProjectTest, RefusesAProjectWithoutSource) {
  write("README");
  resolve("");
  EXPECT_EQ(findings(),
            "faas.yaml: error: there is no source in '.' [FAASC0103]\n"
            "  hint: faasc looks for C++ (.cc, .cpp, .cxx), Python (.py) and Go (.go) files; set 'source', "
            "or 'runtime' if they "
            "are called otherwise\n");
}

TEST_F(ProjectTest, ChoosesSources) {
  for (const char* path : {"fn/a.cc", "fn/b.cpp", "fn/a_test.cc", "fn/tests/c.cc", "fn/old/d.cc",
                           "fn/build/e.cc", "other.cc", "fn/x.txt"})
    write(path);
  std::optional<Manifest> manifest = resolve("source: fn\nexclude: [old/]\n");
  ASSERT_TRUE(manifest);
  EXPECT_EQ(findings(), "");
  EXPECT_EQ(cpp_sources(*manifest, listing_), (std::vector<std::string>{"fn/a.cc", "fn/b.cpp"}));
  EXPECT_EQ(function_files(*manifest, listing_),
            (std::vector<std::string>{"fn/a.cc", "fn/a_test.cc", "fn/b.cpp", "fn/tests/c.cc", "fn/x.txt"}));
  manifest = resolve("source: ./fn/\nbuild: {cpp: {sources: ['a*.cc']}}\n");
  EXPECT_EQ(cpp_sources(*manifest, listing_), (std::vector<std::string>{"fn/a.cc", "fn/a_test.cc"}));
  manifest = resolve("source: fn\nbuild: {cpp: {sources: ['!b.cpp', '!old/*']}}\n");
  EXPECT_EQ(findings(), "");
  EXPECT_EQ(cpp_sources(*manifest, listing_), (std::vector<std::string>{"fn/a.cc"}));
  manifest = resolve("source: fn\ninclude: [tests]\n");
  EXPECT_EQ(function_files(*manifest, listing_), (std::vector<std::string>{"fn/tests/c.cc"}));
}

}  // namespace
}  // namespace faasc
