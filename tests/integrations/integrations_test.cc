#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class Integrations : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux)) GTEST_SKIP() << "no kernel";
    if (!has_qemu()) GTEST_SKIP() << "QEMU is not installed";
    auto yaml = run({.argv = {"python3", "-c", "import yaml"}});
    if (!yaml || !yaml->status.ok()) GTEST_SKIP() << "python3-yaml is not installed";
    fs::copy(fs::path(FAASC_SOURCE_DIR) / "templates/cpp-http", project_.directory(),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }
  Finished steps(const std::string& service, const std::string& file) {
    return project_.shell("python3 '" FAASC_SOURCE_DIR "/tests/integrations/run_steps.py' " + service + " '" +
                          FAASC_SOURCE_DIR "/integrations/" + file + "' \"$FAASC\" . 2>&1");
  }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
    return count;
  }
  ProjectRun project_;
};

TEST_F(Integrations, TheGitHubActionBuildsAndTests) {
  Finished finished = steps("github", "github/action.yml");
  EXPECT_EQ(finished.status.code, 0) << finished.out;
  EXPECT_THAT(finished.out, HasSubstr("3 passed"));
  EXPECT_THAT(finished.out, HasSubstr("output image=" + project_.at("build/hello.img").string()));
  EXPECT_THAT(finished.out, HasSubstr("output sha256="));
  EXPECT_EQ(count(finished.out, "compiling hello.cc"), 1u) << finished.out;

  project_.write("hello.cc", "int hello(");
  finished = steps("github", "github/action.yml");
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.out, HasSubstr("::error file=hello.cc,line=1"));
}

TEST_F(Integrations, TheGitLabJobsBuildAndTest) {
  Finished finished = steps("gitlab", "gitlab/faasc.gitlab-ci.yml");
  EXPECT_EQ(finished.status.code, 0) << finished.out;
  EXPECT_THAT(finished.out, HasSubstr("'hello' (cpp): faas.yaml is fine"));
  EXPECT_THAT(finished.out, HasSubstr("3 passed"));
  EXPECT_THAT(finished.out, HasSubstr("report faasc-report.xml: True"));
  EXPECT_EQ(count(finished.out, "compiling hello.cc"), 1u) << finished.out;

  project_.write("faas.yaml", "apiVersion: faasc/v1\nruntime: cobol\n");
  EXPECT_EQ(steps("gitlab", "gitlab/faasc.gitlab-ci.yml").status.code, 1);
}

}  // namespace
}  // namespace faasc
