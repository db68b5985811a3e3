// A function that is a target of a CMake project, as docs/cpp.md shows it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class CMakeSystem : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("cmake")) GTEST_SKIP() << "there is no cmake";
    FAASC_NEEDS(KernelFamily::Nanos);
    take(project_);
  }
  static void take(ProjectRun& project) {
    fs::path example = fs::path(FAASC_SOURCE_DIR) / "examples/cmake";
    for (const auto& entry : fs::recursive_directory_iterator(example))
      if (entry.is_regular_file())
        project.write(entry.path().lexically_relative(example).string(), *read_file(entry.path()));
  }
  ProjectRun project_;
};

TEST_F(CMakeSystem, TheExampleAnswersAndFollowsItsFiles) {
  Finished finished = project_.faasc({"test", "--kernel", "nanos", "-j", "1"});
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("pass  gross"));
  std::string first = *read_file(project_.at("build/receipt.img"));
  finished = project_.faasc({"build", "--kernel", "nanos", "-v"});
  EXPECT_THAT(finished.err, HasSubstr("up to date"));

  // A library's source, which only CMake knows.
  std::string tax = *read_file(project_.at("tax/tax.cc"));
  project_.write("tax/tax.cc", tax + "// no change in what it does\nint more() { return 7; }\n");
  finished = project_.faasc({"build", "--kernel", "nanos", "-v"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("tax/tax.cc' changed"));
  EXPECT_THAT(finished.err, HasSubstr("src/receipt.cc is unchanged"));

  // The same bytes in another directory, with more at a time.
  ProjectRun other;
  take(other);
  other.environment["TMPDIR"] = other.directory().string();
  finished = other.faasc({"build", "--kernel", "nanos", "-j", "2", "-o", "deeper/receipt.img"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_TRUE(*read_file(other.at("deeper/receipt.img")) == first) << "images differ";
}

TEST_F(CMakeSystem, SaysWhereInTheManifestTheTargetIsWrong) {
  std::string manifest = *read_file(project_.at("faas.yaml"));
  manifest.replace(manifest.find("target: receipt"), 15, "target: reciept");
  project_.write("faas.yaml", manifest);
  Finished finished = project_.faasc({"-q", "build", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_EQ(finished.err,
            "faas.yaml:8:21: error: there is no CMake target 'reciept' in '.' [FAASC0223]\n"
            "    cmake: {target: reciept}\n"
            "                    ^~~~~~~\n"
            "  hint: did you mean 'receipt'?\n");
}

}  // namespace
}  // namespace faasc
