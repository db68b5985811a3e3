// Every C++ template builds, boots and passes the tests of its manifest, on both families of kernels: the
// same table of requests for each.

#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {

class Templates : public testing::TestWithParam<const char*> {
 protected:
  void passes_on(KernelFamily family) {
    FAASC_NEEDS(family);
    ProjectRun project;
    Finished finished = project.faasc({"init", "new", "--template", GetParam()});
    ASSERT_EQ(finished.status.code, 0) << finished.err;
    finished = project.faasc({"test", "new", "--kernel", std::string(name_of(family))});
    EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
    EXPECT_EQ(finished.err.find("warning"), std::string::npos) << finished.err;
  }
};

TEST_P(Templates, PassesItsTestsOnNanos) {
  passes_on(KernelFamily::Nanos);
}
TEST_P(Templates, PassesItsTestsOnLinux) {
  passes_on(KernelFamily::Linux);
}

INSTANTIATE_TEST_SUITE_P(Cpp, Templates,
                         testing::Values("cpp-cloudevent", "cpp-http", "cpp-lambda", "cpp-typed"),
                         [](const auto& one) {
                           std::string name = one.param;
                           name[name.find('-')] = '_';
                           return name;
                         });

}  // namespace
}  // namespace faasc
