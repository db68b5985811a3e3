#include "packager/kernels/linux_pull.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "packager/kernels/local_apt.h"
#include "packager/kernels/sample_kernel.h"
#include "packager/kernels/sample_linux.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

constexpr const char* kRelease = "6.1.0-44-cloud-amd64";  // as in sample_vmlinux()

class LinuxPullTest : public LocalAptTest {
 protected:
  static MadeEntry kernel_file() {
    return {std::string("./boot/vmlinuz-") + kRelease, sample_bzimage(sample_vmlinux())};
  }
  static std::vector<MadeEntry> module_files() {
    std::string modules = std::string("./lib/modules/") + kRelease + "/";
    return {{modules + "modules.builtin", "kernel/fs/ext4/ext4.ko\n"},
            {modules + "kernel/virtio_mmio.ko", sample_module("virtio")},
            {modules + "kernel/virtio_net.ko", sample_module("virtio")},
            {modules + "kernel/virtio_blk.ko", sample_module("virtio")},
            {modules + "kernel/virtio.ko", sample_module("")}};
  }
  /// As Debian has it: everything in one package.
  void add_debian() {
    std::vector<MadeEntry> files = module_files();
    files.push_back(kernel_file());
    add_package("linux-image-cloud-amd64", std::string("linux-image-") + kRelease + " (= 1)", {});
    add_package(std::string("linux-image-") + kRelease, "kmod, linux-base (>= 4.3~) | other", files);
  }
  Result<Added> pull(const std::string& release = {}) {
    LinuxPull pull;
    pull.release = release;
    pull.say = [this](const std::string& line) { said_.push_back(line); };
    return pull_linux(store_, pull);
  }
  std::string refusal(const std::string& release = {}) {
    auto added = pull(release);
    return added ? "pulled " + added->name.version : to_text(added.error(), Color::Off);
  }
};

TEST_F(LinuxPullTest, BringsDebiansCloudKernel) {
  add_debian();
  update();
  auto added = pull();
  ASSERT_TRUE(added) << to_text(added.error(), Color::Off);
  EXPECT_EQ(added->name.version, kRelease);
  EXPECT_EQ(added->outcome, StagedKernel::Outcome::Added);
  EXPECT_THAT(said_, ElementsAre(std::string("downloading linux-image-") + kRelease + " (0 MiB)",
                                 "extracting the kernel"));
  auto kernel = store_.find(KernelFamily::Linux);
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_EQ(kernel->origin, std::string("linux-image-") + kRelease + "_1_amd64.deb");
  std::vector<std::string> names;
  for (const auto& [name, digest] : kernel->sha256) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("bzImage", "modules.cpio", "vmlinux"));
  EXPECT_FALSE(fs::exists(kernel->directory / ".packages"));
  EXPECT_TRUE(verify(*kernel));

  fs::remove_all(directory_.path() / "repository");
  added = pull();
  ASSERT_TRUE(added) << to_text(added.error(), Color::Off);
  EXPECT_EQ(added->outcome, StagedKernel::Outcome::AlreadyThere);
  EXPECT_EQ(pull(kRelease)->outcome, StagedKernel::Outcome::AlreadyThere);
}

TEST_F(LinuxPullTest, BringsUbuntusKernelAndItsModules) {
  std::string release = kRelease;
  add_package("linux-image-virtual", "linux-image-generic, linux-firmware", {});
  add_package("linux-image-generic", "linux-image-" + release + " | linux-image-unsigned-" + release, {});
  add_package("linux-image-" + release, "kmod, linux-modules-" + release, {kernel_file()});
  add_package("linux-modules-" + release, "", module_files());
  update();
  auto added = pull();
  ASSERT_TRUE(added) << to_text(added.error(), Color::Off);
  EXPECT_EQ(added->name.version, release);
  EXPECT_EQ(said_.at(0), "downloading linux-image-" + release + " and linux-modules-" + release + " (0 MiB)");
  auto kernel = store_.find(KernelFamily::Linux);
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_TRUE(verify(*kernel));
}

TEST_F(LinuxPullTest, BringsTheReleaseThatWasNamed) {
  std::string release = kRelease;
  std::vector<MadeEntry> files = module_files();
  files.push_back(kernel_file());
  add_package("linux-image-" + release, "", files);
  update();
  EXPECT_EQ(refusal(release), "pulled " + release);
}

TEST_F(LinuxPullTest, SaysThatAptKnowsNoKernel) {
  constexpr const char* kHint =
      "  hint: run `sudo apt-get update`, or download the package elsewhere and give it to `faasc kernel "
      "add`\n";
  EXPECT_EQ(refusal(),
            "faasc: error: apt knows no package 'linux-image-cloud-amd64' and no 'linux-image-virtual' "
            "[FAASC0636]\n" +
                std::string(kHint));
  EXPECT_EQ(refusal("6.1.0-1-cloud-amd64"),
            "faasc: error: apt knows no package 'linux-image-6.1.0-1-cloud-amd64' [FAASC0636]\n" +
                std::string(kHint));
  std::string release = kRelease;
  add_package("linux-image-" + release, "linux-modules-" + release, {kernel_file()});
  update();
  EXPECT_EQ(refusal(release), "faasc: error: apt knows no package 'linux-modules-" + release +
                                  "', on which 'linux-image-" + release + "' depends [FAASC0636]\n" + kHint);
  EXPECT_FALSE(fs::exists(root_));
}

TEST_F(LinuxPullTest, SaysWhatAptComplainsOf) {
  add_debian();
  update();
  std::string package = std::string("linux-image-") + kRelease;
  fs::remove(directory_.path() / "repository" / (package + "_1_amd64.deb"));
  auto added = pull();
  ASSERT_FALSE(added);
  const std::string failed = "`apt-get download --quiet " + package + "` failed: ";
  std::string words = added.error().what.substr(std::min(failed.size(), added.error().what.size()));
  EXPECT_NE(words, "");
  EXPECT_EQ(
      to_text(added.error(), Color::Off),
      "faasc: error: " + failed + words + " [FAASC0637]\n  while pulling 'linux@" + kRelease +
          "'\n  hint: run `sudo apt-get update` and try again: the package may have been replaced by a newer "
          "one\n");
  EXPECT_TRUE(store_.list().kernels.empty());
}

TEST_F(LinuxPullTest, SaysThatThereIsNoApt) {
  std::string path = std::getenv("PATH");
  ::setenv("PATH", directory_.path().c_str(), 1);
  std::string said = refusal();
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(said,
            "faasc: error: cannot download a Linux kernel: there is no apt-get on this host [FAASC0635]\n"
            "  hint: download a Debian package linux-image-*-cloud-amd64 elsewhere and give it to `faasc "
            "kernel add`\n");
}

}  // namespace
}  // namespace faasc
