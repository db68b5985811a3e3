#include "compiler/driver/project_template.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

class ProjectTemplateTest : public ::testing::Test {
 protected:
  ProjectTemplateTest()
      : directory_(TemporaryDirectory::create(fs::temp_directory_path(), "faasc-template").value()) {
    EXPECT_TRUE(write_file(templates() / "one/faas.yaml", "apiVersion: faasc/v1\ndescription: The first\n"));
    EXPECT_TRUE(write_file(templates() / "one/src/hello.cc", "int x;\n", 0444));
    EXPECT_TRUE(write_file(templates() / "one/run.sh", "#!/bin/sh\n", 0755));
    EXPECT_TRUE(write_file(templates() / "two/faas.yaml", "not a manifest\n"));
    EXPECT_TRUE(write_file(templates() / "CMakeLists.txt", ""));
    fs::create_directory(templates() / "empty");
  }
  fs::path templates() const { return directory_.path() / "templates"; }
  fs::path target() const { return directory_.path() / "new/project"; }

  TemporaryDirectory directory_;
};

TEST_F(ProjectTemplateTest, Lists) {
  std::vector<ProjectTemplate> found = list_templates(templates()).value();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].name, "one");
  EXPECT_EQ(found[0].description, "The first");
  EXPECT_EQ(found[1].name, "two");
  EXPECT_EQ(found[1].description, "");
}

TEST_F(ProjectTemplateTest, RefusesAnUnknownName) {
  std::vector<ProjectTemplate> found = list_templates(templates()).value();
  EXPECT_EQ(find_template(found, "two").value(), &found[1]);
  Result<const ProjectTemplate*> chosen = find_template(found, "onne");
  ASSERT_FALSE(chosen);
  EXPECT_EQ(to_text(chosen.error(), Color::Off),
            "faasc: error: there is no template 'onne'; did you mean 'one'? [FAASC0816]\n"
            "  hint: templates are one, two\n");
}

TEST_F(ProjectTemplateTest, LaysDownFilesThatCanBeEdited) {
  std::vector<ProjectTemplate> found = list_templates(templates()).value();
  EXPECT_EQ(lay_down(found[0], target()).value(),
            (std::vector<std::string>{"faas.yaml", "run.sh", "src/hello.cc"}));
  EXPECT_EQ(read_file(target() / "src/hello.cc").value(), "int x;\n");
  EXPECT_EQ(fs::status(target() / "src/hello.cc").permissions(), fs::perms(0644));
  EXPECT_EQ(fs::status(target() / "run.sh").permissions(), fs::perms(0755));
}

TEST_F(ProjectTemplateTest, OverwritesNothing) {
  std::vector<ProjectTemplate> found = list_templates(templates()).value();
  ASSERT_TRUE(write_file(target() / "run.sh", "mine"));
  fs::create_directories(target() / "src");
  fs::create_symlink("nowhere", target() / "src/hello.cc");
  Result<std::vector<std::string>> laid = lay_down(found[0], target());
  ASSERT_FALSE(laid);
  EXPECT_EQ(to_text(laid.error(), Color::Off),
            "faasc: error: already there: '" + (target() / "run.sh").string() + "', '" +
                (target() / "src/hello.cc").string() +
                "' [FAASC0817]\n"
                "  hint: choose another directory, or move these files away\n");
  EXPECT_EQ(read_file(target() / "run.sh").value(), "mine");
  EXPECT_FALSE(fs::exists(target() / "faas.yaml"));
}

TEST_F(ProjectTemplateTest, LeadsEditorsToTheSchema) {
  ASSERT_TRUE(
      write_file(templates() / "one/faas.yaml",
                 "# yaml-language-server: $schema=../../schema/faas.schema.json\napiVersion: faasc/v1\n"));
  std::vector<ProjectTemplate> found = list_templates(templates()).value();
  ASSERT_TRUE(lay_down(found[0], target(), "# yaml-language-server: $schema=/x.json\n"));
  EXPECT_EQ(read_file(target() / "faas.yaml").value(),
            "# yaml-language-server: $schema=/x.json\napiVersion: faasc/v1\n");
}

TEST(Templates, AllLeadEditorsToTheSchema) {
  fs::path directory = fs::path(FAASC_SOURCE_DIR) / "templates";
  std::vector<ProjectTemplate> found = list_templates(directory).value();
  EXPECT_FALSE(found.empty());
  for (const ProjectTemplate& one : found) {
    std::string text = read_file(one.directory / "faas.yaml").value();
    // From an installed template, or one in the source tree, this leads to the schema.
    EXPECT_TRUE(text.starts_with("# yaml-language-server: $schema=../../schema/faas.schema.json\n"))
        << one.name;
    EXPECT_TRUE(fs::exists(one.directory / "../../schema/faas.schema.json"));
  }
}

}  // namespace
}  // namespace faasc
