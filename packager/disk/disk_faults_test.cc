// What writing a disk of either family makes of a host that fails it.

#include <csignal>
#include <cstdlib>
#include <functional>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "packager/disk/linux_disk.h"
#include "packager/disk/nanos_disk.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class DiskFaultsTest : public testing::TestWithParam<KernelFamily> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_file(directory_.path() / "init", "init"));
    add("/app", std::string(5000, 'a'));
    add("/before", "nobody opens this one before everything was measured");
    add("/data", std::string(4'000'000, 'd'));
  }
  void add(const std::string& path, const std::string& bytes) {
    fs::path file = directory_.path() / "host" / path.substr(1);
    ASSERT_TRUE(write_file(file, bytes));
    ASSERT_TRUE(program_.rootfs.add(path, {HostFile{file.string()}, 0755, ""}));
  }
  fs::path host(const std::string& name) const { return directory_.path() / "host" / name; }

  Result<Image> write(const fs::path& out) {
    program_.executable = "/app";
    program_.argv = {"/app"};
    if (GetParam() == KernelFamily::Nanos)
      return write_nanos_disk({.program = program_, .kernel = kernel_, .bios_bootable = false}, out);
    LinuxDiskRequest request{.program = program_, .kernel = kernel_};
    request.init = directory_.path() / "init";
    return write_linux_disk(request, out);
  }

  /// Does `meanwhile` when somebody opens the file, before that succeeds: a lease holds the other one up.
  static std::thread when_opened(const fs::path& path, std::function<void()> meanwhile) {
    ::signal(SIGIO, SIG_IGN);  // as which the kernel tells of it
    Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (::fcntl(fd.get(), F_SETLEASE, F_WRLCK) != 0) return {};
    return std::thread([fd = std::move(fd), meanwhile = std::move(meanwhile)] {
      while (::fcntl(fd.get(), F_GETLEASE) == F_WRLCK)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      meanwhile();
      ::fcntl(fd.get(), F_SETLEASE, F_UNLCK);
    });
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "faults").value();
  fs::path out_ = directory_.path() / "out/image";
  Program program_;
  Kernel kernel_;
};

TEST_P(DiskFaultsTest, AnInputThatShrinksWhileItIsReadLeavesNothing) {
  std::thread other = when_opened(host("before"), [&] { fs::resize_file(host("data"), 3'000'000); });
  if (!other.joinable()) GTEST_SKIP() << "this file system has no leases";
  auto image = write(out_);
  other.join();
  ASSERT_FALSE(image);
  const std::string file = "faasc: error: '" + host("data").string() + "' ";
  EXPECT_EQ(to_text(image.error(), Color::Off),
            GetParam() == KernelFamily::Nanos
                ? file +
                      "had 4000000 bytes and lost its last 1000000 while it was read [FAASC0551]\n"
                      "  while writing '/data'\n"
                      "  while writing the root file system\n"
                      "  hint: build again once nothing writes to it\n"
                : file +
                      "changed its size while it was read [FAASC0531]\n"
                      "  hint: run the command again once the file is complete\n");
  EXPECT_TRUE(fs::is_empty(out_.parent_path()));
}

TEST_P(DiskFaultsTest, AnInputThatGrowsOrGoesKeepsTheImageThatWasThere) {
  ASSERT_TRUE(write_file(out_, "earlier"));
  for (const auto& meanwhile : std::initializer_list<std::function<void()>>{
           [&] { fs::resize_file(host("data"), 5'000'000); }, [&] { fs::remove(host("data")); }}) {
    std::thread other = when_opened(host("before"), meanwhile);
    if (!other.joinable()) GTEST_SKIP() << "this file system has no leases";
    EXPECT_FALSE(write(out_));
    other.join();
    EXPECT_TRUE(read_file(out_).value() == "earlier");
  }
}

TEST_P(DiskFaultsTest, AFullDiskLeavesNothing) {
  const char* disk = std::getenv("FAASC_SMALL_DISK");
  if (!disk)
    GTEST_SKIP() << "set FAASC_SMALL_DISK to a directory on a file system with less than 3 MiB of room";
  auto image = write(fs::path(disk) / "image");
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, "FAASC0902");
  EXPECT_TRUE(fs::is_empty(disk));
}

INSTANTIATE_TEST_SUITE_P(Families, DiskFaultsTest, testing::Values(KernelFamily::Nanos, KernelFamily::Linux),
                         [](const auto& family) { return std::string(name_of(family.param)); });

}  // namespace
}  // namespace faasc
