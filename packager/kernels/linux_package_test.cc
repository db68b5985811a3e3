#include "packager/kernels/linux_package.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "packager/archive/archive_reader.h"
#include "packager/archive/made_archive.h"
#include "packager/kernels/kernel_elf.h"
#include "packager/kernels/sample_kernel.h"
#include "packager/kernels/sample_linux.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

const std::string kRelease = "6.1.0-44-cloud-amd64";  // as in sample_vmlinux()
const std::string kModules = "./lib/modules/" + kRelease + "/";

class LinuxPackageTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ =
      std::move(TemporaryDirectory::create(testing::TempDir(), "package")).value();
  fs::path into_ = directory_.path() / "into";

  fs::path package(const std::string& name, const std::vector<MadeEntry>& files) {
    fs::path path = directory_.path() / name;
    EXPECT_TRUE(
        write_file(path, made_deb(made_archive(files, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ), ".xz")));
    return path;
  }

  std::string refusal(const std::vector<fs::path>& packages) {
    auto result = extract_linux_kernel(packages, into_);
    if (result) return "accepted";
    std::string what = to_text(result.error(), Color::Off).substr(std::string_view("faasc: error: ").size());
    for (std::string::size_type at; (at = what.find(directory_.path().string() + "/")) != std::string::npos;)
      what.erase(at, directory_.path().string().size() + 1);
    return what;
  }

  static MadeEntry vmlinuz() { return {"./boot/vmlinuz-" + kRelease, sample_bzimage(sample_vmlinux())}; }
  static MadeEntry builtin(const std::string& list) { return {kModules + "modules.builtin", list}; }
  static MadeEntry module(const std::string& name, const std::string& dependencies) {
    return {kModules + "kernel/drivers/" + name + ".ko", sample_module(dependencies)};
  }
  static std::vector<MadeEntry> complete() {
    return {{"./usr/share/doc/x", "", AE_IFLNK, "/elsewhere"},
            vmlinuz(),
            builtin("kernel/fs/ext4/ext4.ko\n"),
            module("virtio_blk", "virtio"),
            module("virtio-mmio", "virtio"),
            module("virtio_net", "virtio,unusual"),
            module("virtio", ""),
            module("unusual", "more-unusual"),
            module("more-unusual", ""),
            module("sound", "")};
  }

  std::string initramfs() {
    auto reader = ArchiveReader::open(into_ / "modules.cpio");
    std::string listing;
    for (auto entry = reader->next(); entry.value(); entry = reader->next()) {
      listing += (*entry)->path + "\n";
      if ((*entry)->path == "mod/order") listing += "(" + reader->read_all(1000).value() + ")";
    }
    return listing;
  }
};

TEST_F(LinuxPackageTest, TakesTheKernelAndTheModulesItNeeds) {
  auto kernel = extract_linux_kernel({package("linux-image.deb", complete())}, into_);
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_EQ(kernel->family, KernelFamily::Linux);
  EXPECT_EQ(kernel->version, kRelease);
  EXPECT_EQ(kernel->architecture, "x86_64");
  EXPECT_EQ(kernel->origin, "linux-image.deb");
  EXPECT_EQ(kernel->directory, into_);
  EXPECT_EQ(kernel->image, into_ / "vmlinux");
  EXPECT_EQ(read_file(kernel->bzimage).value(), sample_bzimage(sample_vmlinux()));
  EXPECT_EQ(kernel->sha256.size(), 3u);
  EXPECT_EQ(
      initramfs(),
      "mod\nmod/virtio.ko\nmod/virtio_mmio.ko\nmod/virtio_blk.ko\nmod/more_unusual.ko\nmod/unusual.ko\nmod/"
      "virtio_net.ko\n"
      "mod/order\n(virtio.ko\nvirtio_mmio.ko\nvirtio_blk.ko\nmore_unusual.ko\nunusual.ko\nvirtio_net.ko\n)");
}

TEST_F(LinuxPackageTest, SamePackageSameBytes) {
  fs::path deb = package("linux-image.deb", complete());
  auto one = extract_linux_kernel({deb}, directory_.path() / "one");
  auto two = extract_linux_kernel({deb}, directory_.path() / "two");
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->sha256, two->sha256);
}

TEST_F(LinuxPackageTest, TakesModulesFromASecondPackageCompressedOrNot) {
  std::vector<MadeEntry> files = complete();
  files.erase(files.begin() + 1);
  for (MadeEntry& file : files) {
    if (!file.path.ends_with(".ko")) continue;
    file.path += ".zst";
    file.bytes = made_archive({{"x", file.bytes}}, ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_ZSTD);
  }
  auto kernel =
      extract_linux_kernel({package("modules.deb", files), package("image.deb", {vmlinuz()})}, into_);
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_EQ(kernel->origin, "modules.deb, image.deb");
  EXPECT_THAT(initramfs(), testing::HasSubstr("mod/unusual.ko"));
}

TEST_F(LinuxPackageTest, RefusesWhatIsNoKernelPackage) {
  EXPECT_EQ(refusal({package("doc.deb", {{"./usr/share/doc/x", "x"}})}),
            "'doc.deb' is no kernel package: there is no 'boot/vmlinuz-…' [FAASC0640]\n  hint: give a Debian "
            "package like linux-image-…-cloud-amd64.deb\n");
  EXPECT_EQ(
      refusal({package("two.deb", {vmlinuz(), {"./boot/vmlinuz-6.2", "x"}})}),
      "'two.deb' is no kernel package: there are two kernels, '" + kRelease +
          "' and '6.2' [FAASC0640]\n  hint: give a Debian package like linux-image-…-cloud-amd64.deb\n");
  EXPECT_EQ(refusal({package("image.deb", {vmlinuz()})}),
            "kernel " + kRelease +
                " lacks module 'virtio_blk': it is neither built in nor among the packages' modules "
                "[FAASC0642]\n  hint: give the package with its modules too (linux-modules-" +
                kRelease + "), or take another kernel\n");
  std::vector<MadeEntry> other_release = complete();
  other_release[1].path = "./boot/vmlinuz-9.9";
  for (std::size_t i = 2; i < other_release.size(); ++i)
    other_release[i].path.replace(other_release[i].path.find(kRelease), kRelease.size(), "9.9");
  EXPECT_EQ(refusal({package("lies.deb", other_release)}),
            "'vmlinuz-9.9' says that it is Linux '" + kRelease + "' [FAASC0641]\n");
  std::vector<MadeEntry> bad_module = complete();
  bad_module[3].bytes = "no module";
  EXPECT_EQ(refusal({package("bad.deb", bad_module)}),
            "module 'virtio_blk' is no kernel module for x86_64 [FAASC0643]\n");
  EXPECT_EQ(refusal({directory_.path() / "none.deb"}),
            "cannot open 'none.deb': No such file or directory [FAASC0901]\n");
}

TEST_F(LinuxPackageTest, TakesARealPackage) {
  const char* deb = std::getenv("FAASC_LINUX_PACKAGE");
  if (!deb) GTEST_SKIP() << "set FAASC_LINUX_PACKAGE to a linux-image-*-cloud-amd64 package";
  auto kernel = extract_linux_kernel({deb}, into_);
  ASSERT_TRUE(kernel) << kernel.error().what;
  auto elf = read_kernel_elf(kernel->image);
  ASSERT_TRUE(elf) << elf.error().what;
  EXPECT_EQ(elf->release, kernel->version);
  EXPECT_THAT(initramfs(), testing::HasSubstr("mod/virtio_blk.ko\n"));
}

}  // namespace
}  // namespace faasc
