// Go functions as a user has them: the templates on each kernel family, and what builds say.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/process.h"
#include "base/sha256.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

bool has_go() {
  return find_program("go") || fs::exists("/usr/local/go/bin/go") || fs::exists("/usr/lib/go-1.19/bin/go");
}

#define FAASC_NEEDS_GO() \
  if (!has_go()) GTEST_SKIP() << "there is no Go on this host"

class GoTemplates : public testing::TestWithParam<std::tuple<const char*, KernelFamily>> {
 protected:
  ProjectRun project_;
};

TEST_P(GoTemplates, PassTheirOwnTests) {
  auto [name, family] = GetParam();
  FAASC_NEEDS(family);
  FAASC_NEEDS_GO();
  Finished made = project_.faasc({"init", "made", "--template", name});
  ASSERT_EQ(made.status.code, 0) << made.err;
  Finished tested = project_.faasc({"test", "made", "--kernel", std::string(name_of(family))});
  if (tested.err.find("FAASC0425") != std::string::npos)
    GTEST_SKIP() << "its modules are not in Go's cache, and there is no network";
  EXPECT_EQ(tested.status.code, 0) << tested.err << tested.out;
  EXPECT_THAT(tested.out, HasSubstr("3 passed"));
}

INSTANTIATE_TEST_SUITE_P(All, GoTemplates,
                         testing::Combine(testing::Values("go-http", "go-lambda", "go-cloudevent"),
                                          testing::Values(KernelFamily::Nanos, KernelFamily::Linux)),
                         [](const auto& one) {
                           std::string name = std::get<0>(one.param);
                           name[2] = '_';
                           return name + "_" + std::string(name_of(std::get<1>(one.param)));
                         });

}  // namespace
}  // namespace faasc
