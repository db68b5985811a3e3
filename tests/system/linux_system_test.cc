// The same program on the distribution's Linux.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "packager/kernels/kernel_store.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
using testing::HasSubstr;

class LinuxSystem : public testing::Test {
 protected:
  void SetUp() override {
    FAASC_NEEDS(KernelFamily::Linux);
    project_.write_hello();
  }
  Finished invoke(std::vector<std::string> arguments) const {
    return project_.invoke(KernelFamily::Linux, std::move(arguments));
  }
  ProjectRun project_;
};

TEST_F(LinuxSystem, Answers) {
  Finished finished = invoke({"--data", "Ada"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "Hello, Ada!\n");
}

TEST_F(LinuxSystem, ADiskBootsByItself) {
  project_.write("faas.yaml", *read_file(project_.at("faas.yaml")) + "image: {boot: bios}\n");
  Finished finished = invoke({"--data", "Ada", "--boot", "bios", "--time"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "Hello, Ada!\n");
  EXPECT_THAT(finished.err, HasSubstr("booted from the disk"));
  finished = invoke({"--data", "Ada", "--boot", "direct"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "Hello, Ada!\n");
}

TEST_F(LinuxSystem, TheGuestsExitStatusComesBack) {
  Finished finished = invoke({"--path", "/exit?7"});
  EXPECT_EQ(finished.status.code, 5);
  EXPECT_THAT(finished.err, HasSubstr("exited with status 7"));
  finished = invoke({"--path", "/segv"});
  EXPECT_EQ(finished.status.code, 5);
  EXPECT_THAT(finished.err, HasSubstr("| crashed with SIGSEGV:\n"));
  EXPECT_THAT(finished.err, HasSubstr(" at hello.cc:10\n"));
  EXPECT_THAT(finished.err, HasSubstr("|   called by faasc's runtime\n"));
  EXPECT_THAT(finished.err, testing::Not(HasSubstr("called from 0x")));
}

TEST_F(LinuxSystem, AStoreWithLinuxOnlyIsUsedAndSaid) {
  // A store that has what ours has, but no Nanos.
  auto store = KernelStore::open();
  ASSERT_TRUE(store);
  std::filesystem::create_directories(project_.at("home/kernels"));
  std::filesystem::create_directory_symlink(store->root() / "linux", project_.at("home/kernels/linux"));
  project_.environment["FAASC_HOME"] = project_.at("home").string();
  project_.environment["OPS_HOME"] = project_.at("home").string();
  Finished finished = project_.faasc({"test"});
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("no Nanos kernel in the store"));
}

}  // namespace
}  // namespace faasc
