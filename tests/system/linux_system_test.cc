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

// However the root is carried, the function answers, and is told what a run is told.
TEST_F(LinuxSystem, TheRootCanBeAnErofsOrTheInitramfs) {
  const std::string manifest = *read_file(project_.at("faas.yaml"));
  for (const char* root : {"erofs", "initramfs"}) {
    SCOPED_TRACE(root);
    project_.write("faas.yaml", manifest + "image: {root: " + root + "}\n");
    for (const char* machine : {"microvm", "q35"}) {
      SCOPED_TRACE(machine);
      Finished finished =
          invoke({"--data", "Ada", "--boot", "direct", "--machine", machine, "--env", "GREETING=Hi"});
      EXPECT_EQ(finished.status.code, 0) << finished.err;
      EXPECT_EQ(finished.out, "Hi, Ada!\n");
    }
    const bool disk = root == std::string_view("erofs");
    EXPECT_EQ(std::filesystem::exists(project_.at("build/hello.initrd")), disk);
    std::string before = *read_file(project_.at("build/hello.img"));
    std::filesystem::remove_all(project_.at("build"));
    ASSERT_EQ(project_.faasc({"build", "-q", "--kernel", "linux"}).status.code, 0);
    EXPECT_TRUE(*read_file(project_.at("build/hello.img")) == before);
    Finished listed = project_.faasc({"image", "cat", "build/hello.img:/etc/hosts"});
    EXPECT_EQ(listed.out, "127.0.0.1 localhost\n") << listed.err;
    EXPECT_EQ(project_.faasc({"image", "verify", "build/hello.img"}).status.code, 0);
  }
}

TEST_F(LinuxSystem, ACopyOfAnInitramfsWithMoreInItBoots) {
  project_.write("faas.yaml", *read_file(project_.at("faas.yaml")) + "image: {root: initramfs}\n");
  ASSERT_EQ(project_.faasc({"build", "-q", "--kernel", "linux"}).status.code, 0);
  project_.write("hosts", "127.0.0.1 localhost copy\n");
  Finished copied = project_.faasc({"image", "cp", "hosts", "build/hello.img:/etc/hosts", "-o", "copy.img"});
  ASSERT_EQ(copied.status.code, 0) << copied.err;
  Finished finished = project_.faasc({"invoke", "copy.img", "--data", "Ada", "--accel", "tcg"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_EQ(finished.out, "Hello, Ada!\n");
  EXPECT_EQ(project_.faasc({"image", "cat", "copy.img:/etc/hosts"}).out, "127.0.0.1 localhost copy\n");
}

TEST_F(LinuxSystem, AnErofsBootsByItself) {
  project_.write("faas.yaml", *read_file(project_.at("faas.yaml")) + "image: {boot: bios, root: erofs}\n");
  Finished finished = invoke({"--data", "Ada", "--boot", "bios"});
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
