#include "manifests/workspace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;

class WorkspaceTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* function : {"services/shop", "services/mail", "tools/resize", "tools/build/old",
                                 ".hidden/x", "services/shop/inner", "node_modules/y"})
      EXPECT_TRUE(write_file(here() / function / "faas.yaml", ""));
  }
  fs::path here() const { return directory_.path(); }
  /// The functions' directories, or what was complained about.
  std::vector<std::string> read(std::string_view text) {
    EXPECT_TRUE(write_file(here() / kWorkspaceFile, text));
    Diagnostics diagnostics;
    auto workspace = read_workspace(here() / kWorkspaceFile, diagnostics);
    EXPECT_TRUE(workspace) << workspace.error().what;
    std::vector<std::string> lines;
    for (Diagnostic finding : diagnostics.all()) {
      finding.place.file = "w";
      lines.push_back(to_text(finding, Color::Off));
    }
    if (workspace && *workspace)
      for (const fs::path& manifest : (*workspace)->manifests)
        lines.push_back(manifest.parent_path().lexically_relative(here()).string());
    return lines;
  }
  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "workspace").value();
};

TEST_F(WorkspaceTest, TakesAllFunctionsBelowIt) {
  EXPECT_THAT(read("apiVersion: faasc/v1\n"), ElementsAre("services/mail", "services/shop", "tools/resize"));
}

TEST_F(WorkspaceTest, TakesThoseThatItNames) {
  EXPECT_THAT(read("apiVersion: faasc/v1\nfunctions: [services/*]\n"),
              ElementsAre("services/mail", "services/shop"));
  EXPECT_THAT(read("apiVersion: faasc/v1\nfunctions: [resize, '**/sh*p']\n"),
              ElementsAre("services/shop", "tools/resize"));
  EXPECT_THAT(read("apiVersion: faasc/v1\nfunctions: ['**', '!tools/**']\n"),
              ElementsAre("services/mail", "services/shop"));
}

TEST_F(WorkspaceTest, SaysWhatIsWrong) {
  EXPECT_THAT(
      read("functions: [services/*]\n"),
      ElementsAre("w:1:1: error: key 'apiVersion' is missing [FAASC0116]\nfunctions: [services/*]\n^\n"
                  "  hint: begin the file with 'apiVersion: faasc/v1'\n"));
  EXPECT_THAT(
      read("apiVersion: faasc/v1\nfunctons: a\n"),
      ElementsAre("w:2:1: error: unknown key 'functons'; did you mean 'functions'? [FAASC0113]\n"
                  "functons: a\n^~~~~~~~\n  hint: a workspace has the keys 'apiVersion' and 'functions'\n"));
  EXPECT_THAT(
      read("apiVersion: faasc/v2\nfunctions: shop\n"),
      ElementsAre("w:2:12: error: 'functions' is to be a list of texts [FAASC0115]\nfunctions: shop\n"
                  "           ^~~~\n  hint: write '[a, b]', or one '- a' on each line\n",
                  "w:1:13: error: version 'faasc/v2' of the format is not supported [FAASC0101]\n"
                  "apiVersion: faasc/v2\n            ^~~~~~~~\n  hint: write 'apiVersion: faasc/v1'\n"));
  EXPECT_THAT(read("apiVersion: faasc/v1\nfunctions: [services/*, shops]\n"),
              ElementsAre("w:2:25: error: 'shops' matches no directory with a faas.yaml [FAASC0184]\n"
                          "functions: [services/*, shops]\n                        ^~~~~\n"
                          "  hint: there is for example 'services/mail'\n"));
  EXPECT_THAT(read(""), ElementsAre(testing::HasSubstr("key 'apiVersion' is missing [FAASC0116]")));
  EXPECT_THAT(read("apiVersion: faasc/v1\nfunctions: [\n"), ElementsAre(testing::HasSubstr("[FAASC0100]")));
  fs::remove_all(here() / "services");
  fs::remove_all(here() / "tools");
  EXPECT_THAT(read("apiVersion: faasc/v1\n"),
              ElementsAre("w: error: there is no function below this file [FAASC0184]\n"
                          "  hint: a function is a directory with a faas.yaml; 'faasc init' makes one\n"));
}

}  // namespace
}  // namespace faasc
