#include "compiler/python/requirements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"

namespace faasc::python {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;

class RequirementsTest : public testing::Test {
 protected:
  fs::path write(const std::string& file, std::string_view text) {
    EXPECT_TRUE(write_file(directory_->path() / file, text));
    return directory_->path() / file;
  }
  Result<TemporaryDirectory> directory_ = TemporaryDirectory::create(fs::temp_directory_path(), "faasc-req-");
};

TEST_F(RequirementsTest, FollowsFilesAndForgetsTheFrameworkItself) {
  write("more/base.txt", "Jinja2>=3  # templates\n-c limits.txt\n./wheels/my_own-1.0-py3-none-any.whl\n");
  write("more/limits.txt", "idna<4\nfunctions-framework==3.5\n");
  fs::path file =
      write("requirements.txt",
            "# what we need\nFlask[async]==3.0.3 ; python_version >= \"3.8\"\nFunctions_Framework==3.*\n"
            "-r more/base.txt\nrequests \\\n  ==2.31\n--extra-index-url https://index.test/simple\n");
  auto read = read_requirements(file);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_THAT(read->lines,
              ElementsAre("Flask[async]==3.0.3 ; python_version >= \"3.8\"", "Jinja2>=3",
                          (directory_->path() / "more/wheels/my_own-1.0-py3-none-any.whl").string(),
                          "requests    ==2.31", "--extra-index-url https://index.test/simple"));
  EXPECT_THAT(read->constraints, ElementsAre("idna<4"));
  EXPECT_THAT(read->names, ElementsAre("flask", "functions-framework", "jinja2", "my-own", "requests"));
  EXPECT_EQ(read->inputs.size(), 3u);
  EXPECT_FALSE(read->hashes);
}

TEST_F(RequirementsTest, KnowsHashes) {
  auto read = read_requirements(write("r.txt", "flask==3.0.3 \\\n    --hash=sha256:00\n"));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->hashes);
}

TEST_F(RequirementsTest, ReadsTheDependenciesOfAProject) {
  auto read = read_requirements(
      write("pyproject.toml",
            "[build-system]\nrequires = [\"hatchling\"]\n[project]\nname = \"x\"\n"
            "dependencies = [\n  \"flask>=3\", # web\n  'numpy; sys_platform == \"linux\"',\n]\n"
            "[project.optional-dependencies]\ntest = [\"pytest\"]\n"));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_THAT(read->lines, ElementsAre("flask>=3", "numpy; sys_platform == \"linux\""));
}

TEST_F(RequirementsTest, SaysWhoNamesAFileThatIsMissing) {
  fs::path file = write("r.txt", "-r none.txt\n");
  auto read = read_requirements(file);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "there is no requirements file '" +
                                   (directory_->path() / "none.txt").string() + "', which '" + file.string() +
                                   "' names");
  write("loop.txt", "-r loop.txt\n");
  EXPECT_FALSE(read_requirements(directory_->path() / "loop.txt"));
}

}  // namespace
}  // namespace faasc::python
