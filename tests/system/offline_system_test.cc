// --offline means it: every template builds in a network namespace that has no network at all, once its
// dependencies are in the caches.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

// Root needs no user namespace for one.
std::string empty_network(const ProjectRun& project) {
  for (const char* command : {"unshare -n", "unshare -rn"})
    if (project.shell(std::string(command) + " true").status.code == 0) return command;
  return {};
}

class OfflineSystem : public testing::TestWithParam<const char*> {};

TEST_P(OfflineSystem, BuildsWithoutANetwork) {
  if (!has_kernel(KernelFamily::Nanos) && !has_kernel(KernelFamily::Linux)) GTEST_SKIP() << "no kernel";
  ProjectRun project;
  std::string name = GetParam();
  if (name.starts_with("go") && !find_program("go") && !fs::exists("/usr/local/go/bin/go"))
    GTEST_SKIP() << "Go is not installed";
  std::string unshare = empty_network(project);
  if (unshare.empty()) GTEST_SKIP() << "this user may not make a network namespace";
  Finished made = project.faasc({"init", "-q", "function", "--template", name});
  ASSERT_EQ(made.status.code, 0) << made.err;
  if (name == "binary") {
    fs::path program = project.at("function/program");
    for (const char* build : {"build.sh", "Makefile"})
      if (fs::exists(project.at("function") / build))
        ASSERT_EQ(project.shell("cd function && ([ -f build.sh ] && sh build.sh || make)").status.code, 0);
  }
  // What the caches lack is fetched, where there is a network.
  fs::copy(project.at("function"), project.at("warm"), fs::copy_options::recursive);
  Finished warmed = project.shell("\"$FAASC\" build -q warm 2>&1");
  if (warmed.status.code != 0)
    GTEST_SKIP() << "it does not build here with a network either:\n" << warmed.out;

  Finished built = project.shell(unshare + " \"$FAASC\" --offline build -q function 2>&1");
  EXPECT_EQ(built.status.code, 0) << built.out;
  EXPECT_EQ(project.shell("cmp warm/build/*.img function/build/*.img").status.code, 0)
      << "and the image is the same, but for its name";
}

INSTANTIATE_TEST_SUITE_P(Templates, OfflineSystem,
                         testing::Values("binary", "cpp-cloudevent", "cpp-http", "cpp-lambda", "cpp-typed",
                                         "go-cloudevent", "go-http", "go-lambda", "python-cloudevent",
                                         "python-http", "python-lambda"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(OfflineSystem, TheNamespaceHasNoNetwork) {
  ProjectRun project;
  std::string unshare = empty_network(project);
  if (unshare.empty()) GTEST_SKIP() << "this user may not make a network namespace";
  // No interface but one that is down.
  EXPECT_EQ(project
                .shell(unshare +
                       " sh -c 'tail -n +3 /proc/net/dev | grep -v lo:; cat /proc/net/route | tail -n +2'")
                .out,
            "");
}

}  // namespace
}  // namespace faasc
