#include "packager/kernels/kernel_add.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "packager/archive/made_archive.h"
#include "packager/kernels/sample_kernel.h"
#include "packager/kernels/sample_linux.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

/// The files of a package with the kernel of sample_vmlinux().
std::vector<MadeEntry> linux_files(const std::string& release) {
  std::string modules = "./lib/modules/" + release + "/";
  return {{"./boot/vmlinuz-" + release, sample_bzimage(sample_vmlinux())},
          {modules + "modules.builtin", "kernel/fs/ext4/ext4.ko\n"},
          {modules + "kernel/virtio_mmio.ko", sample_module("virtio")},
          {modules + "kernel/virtio_net.ko", sample_module("virtio")},
          {modules + "kernel/virtio_blk.ko", sample_module("virtio")},
          {modules + "kernel/virtio.ko", sample_module("")}};
}

class KernelAddTest : public testing::Test {
 protected:
  std::string add(const fs::path& source, const std::string& version = {}, bool force = false) {
    auto added = add_kernel(store_, {source, version, force});
    if (!added) return to_text(added.error(), Color::Off);
    const char* const outcomes[] = {"added", "already there", "replaced"};
    return std::string(outcomes[static_cast<int>(added->outcome)]) + " " + full_name(added->name);
  }
  fs::path release(const std::string& name, std::string_view text = "nanos") {
    write_sample_release(here_ / name, text);
    return here_ / name;
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "add").value();
  fs::path here_ = fs::canonical(directory_.path());
  fs::path root_ = here_ / "kernels";
  KernelStore store_{root_, here_ / ".ops"};
};

TEST_F(KernelAddTest, TakesADirectory) {
  EXPECT_EQ(add(release("0.1.55")), "added nanos@0.1.55");
  EXPECT_EQ(add(release("0.1.55")), "already there nanos@0.1.55");
  EXPECT_EQ(add(release("release", "other"), "0.1.55", true), "replaced nanos@0.1.55");
  EXPECT_EQ(add(release("release"), "0.1.55-mine"), "added nanos@0.1.55-mine");
  EXPECT_EQ(add(release("outer/0.1.57").parent_path()), "added nanos@0.1.57");
  auto kernel = store_.find(KernelFamily::Nanos, "0.1.55-mine");
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_EQ(kernel->origin, (here_ / "release").string());
  EXPECT_TRUE(verify(*kernel));
}

// A debug build is told by what is in it, or by its name, and is nobody's choice but the one that names it.
TEST_F(KernelAddTest, DebugBuildsAreUsedOnlyWhereTheyAreNamed) {
  auto debug_release = [&](const std::string& name, const char* symbol) {
    write_sample_release(here_ / name);
    write_sample_file(here_ / name / "kernel.img", sample_elf({.commit = std::string(kSampleCommit),
                                                               .exported = {"kernel_print", symbol}}));
    return here_ / name;
  };
  EXPECT_EQ(add(debug_release("0.1.57", "mem_debug_backed")), "added nanos@0.1.57-debug");
  EXPECT_EQ(add(debug_release("log", "init_tracelog"), "0.1.58"), "added nanos@0.1.58");
  EXPECT_EQ(add(release("any"), "0.1.59-debug"), "added nanos@0.1.59-debug");
  auto none = store_.find(KernelFamily::Nanos);
  ASSERT_FALSE(none);
  EXPECT_EQ(to_text(none.error(), Color::Off),
            "faasc: error: there is no Nanos kernel in '" + root_.string() +
                "' but debug builds, which are used only where they are named [FAASC0601]\n"
                "  hint: write 'nanos@0.1.59-debug', or run `faasc kernel pull nanos`\n");
  EXPECT_EQ(add(release("0.1.55")), "added nanos@0.1.55");
  EXPECT_EQ(store_.find(KernelFamily::Nanos)->version, "0.1.55");
  EXPECT_EQ(store_.resolve("")->kernel.version, "0.1.55");
  for (const char* named : {"0.1.57-debug", "0.1.58", "0.1.59-debug"}) {
    auto kernel = store_.resolve(std::string("nanos@") + named);
    ASSERT_TRUE(kernel) << kernel.error().what;
    EXPECT_TRUE(kernel->kernel.debug) << named;
    EXPECT_TRUE(verify(kernel->kernel)) << named;
  }
  EXPECT_FALSE(store_.resolve("nanos")->kernel.debug);
}

TEST_F(KernelAddTest, ReleasesForAarch64AreKeptApart) {
  write_sample_aarch64_release(here_ / "arm/0.1.55");
  EXPECT_EQ(add(release("0.1.55")), "added nanos@0.1.55");
  EXPECT_EQ(add(here_ / "arm/0.1.55"), "added nanos-aarch64@0.1.55");
  EXPECT_EQ(add(here_ / "arm/0.1.55"), "already there nanos-aarch64@0.1.55");
  auto kernel = store_.find(KernelFamily::Nanos, "0.1.55", kAarch64);
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_EQ(kernel->directory, root_ / "nanos-aarch64/0.1.55");
  EXPECT_EQ(kernel->architecture, "aarch64");
  EXPECT_EQ(kernel->uefi_loader, kernel->directory / "bootaa64.efi");
  EXPECT_EQ(kernel->boot_blob, "");
  EXPECT_TRUE(verify(*kernel));
  EXPECT_EQ(store_.find(KernelFamily::Nanos, "0.1.55").value().architecture, "x86_64");

  std::string archive = made_archive(
      {{"kernel.img", sample_nanos("other", kAarch64)}, {"bootaa64.efi", sample_uefi_loader(kAarch64)}},
      ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP);
  write_sample_file(here_ / "nanos-release-linux-0.1.56-virt.tar.gz", archive);
  EXPECT_EQ(add(here_ / "nanos-release-linux-0.1.56-virt.tar.gz"), "added nanos-aarch64@0.1.56");
}

// Whatever of a release is for the other processor, nothing of it reaches the store.
TEST_F(KernelAddTest, RefusesReleasesOfTwoProcessors) {
  struct Case {
    const char *base, *name;
    std::string bytes;
    const char* what;
  };
  const Case cases[] = {
      {"x86_64", "bootaa64.efi", sample_uefi_loader(kAarch64),
       "'bootaa64.efi' is for aarch64, and 'kernel.img' is for x86_64"},
      {"x86_64", "klibs/tun", sample_klib(kAarch64),
       "'klibs/tun' is for aarch64, and 'kernel.img' is for x86_64"},
      {"x86_64", "kernel.img", sample_nanos("arm", kAarch64),
       "'bootx64.efi' is for x86_64, and 'kernel.img' is for aarch64"},
      {"aarch64", "boot.img", sample_boot_blob(),
       "'boot.img' is for x86_64, and 'kernel.img' is for aarch64"},
      {"aarch64", "bootx64.efi", sample_uefi_loader(),
       "'bootx64.efi' is for x86_64, and 'kernel.img' is for aarch64"},
      {"aarch64", "klibs/tls", sample_klib(), "'klibs/tls' is for x86_64, and 'kernel.img' is for aarch64"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.base) + " with " + c.name);
    fs::remove_all(here_ / "0.1.55");
    if (c.base == kX86_64)
      write_sample_release(here_ / "0.1.55");
    else
      write_sample_aarch64_release(here_ / "0.1.55");
    write_sample_file(here_ / "0.1.55" / c.name, c.bytes);
    std::string source = (here_ / "0.1.55").string();
    EXPECT_EQ(add(source),
              "faasc: error: '" + source + "' has files of two releases: " + c.what +
                  " [FAASC0639]\n  while adding '" + source +
                  "'\n  hint: keep releases for different processors in directories of their own, "
                  "and add each\n");
    EXPECT_TRUE(store_.list().kernels.empty());
  }
}

TEST_F(KernelAddTest, TakesAnArchive) {
  std::vector<MadeEntry> entries = {
      {"kernel.img", sample_nanos()}, {"boot.img", sample_boot_blob()}, {"klibs/tls", sample_klib()}};
  std::string bytes = made_archive(entries, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP);
  write_sample_file(here_ / "nanos-release-linux-0.1.55.tar.gz", bytes);
  EXPECT_EQ(add(here_ / "nanos-release-linux-0.1.55.tar.gz"), "added nanos@0.1.55");
  write_sample_file(here_ / "download", bytes);
  EXPECT_EQ(add(here_ / "download", "0.1.56"), "added nanos@0.1.56");
  EXPECT_EQ(store_.find(KernelFamily::Nanos)->sha256.size(), 3u);
}

TEST_F(KernelAddTest, TakesALinuxKernelOfOnesOwn) {
  write_sample_file(here_ / "mine/vmlinux", sample_vmlinux());
  write_sample_file(here_ / "mine/bzImage", "bz");
  write_sample_file(here_ / "mine/System.map", "map");
  EXPECT_EQ(add(here_ / "mine"), "added linux@6.1.0-44-cloud-amd64");
  EXPECT_EQ(store_.find(KernelFamily::Linux)->sha256.size(), 2u);
  EXPECT_EQ(add(here_ / "mine", "6.1.0-mine"), "added linux@6.1.0-mine");
}

TEST_F(KernelAddTest, TakesADebianPackage) {
  const std::string release = "6.1.0-44-cloud-amd64";
  auto write_package = [&](const std::vector<MadeEntry>& files) {
    std::string data = made_archive(files, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ);
    write_sample_file(here_ / "linux-image.deb", made_deb(data, ".xz"));
    return here_ / "linux-image.deb";
  };
  EXPECT_EQ(add(write_package(linux_files(release))), "added linux@" + release);
  auto kernel = store_.find(KernelFamily::Linux);
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_EQ(kernel->sha256.size(), 3u);
  EXPECT_TRUE(verify(*kernel));
  EXPECT_EQ(kernel->origin, (here_ / "linux-image.deb").string());

  auto refused = add_kernel(store_, {write_package({{"./usr/share/doc/x", "text"}}), {}, false});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "FAASC0640");
  EXPECT_EQ(refused.error().during,
            std::vector<std::string>{"adding '" + (here_ / "linux-image.deb").string() + "'"});
}

TEST_F(KernelAddTest, AsksForAVersionThatIsNowhereToBeFound) {
  EXPECT_EQ(add(release("release")),
            "faasc: error: there is no telling which version of Nanos '" + (here_ / "release").string() +
                "' is; its kernel.img says only that it was built from commit 0123456789ab [FAASC0620]\n"
                "  while adding '" +
                (here_ / "release").string() + "'\n  hint: pass --version, as in --version 0.1.55\n");
  EXPECT_FALSE(fs::exists(root_ / "nanos"));
}

TEST_F(KernelAddTest, RefusesWhatCannotBeAdded) {
  std::string here = here_.string();
  EXPECT_EQ(add(here_ / "missing"),
            "faasc: error: cannot open '" + here + "/missing': No such file or directory [FAASC0901]\n");
  EXPECT_EQ(add(release("0.1.55"), "../x"),
            "faasc: error: '../x' cannot name a version [FAASC0603]\n"
            "  hint: use letters, digits and . _ + ~ -, and begin with a letter or digit, as in 0.1.55\n");
  EXPECT_EQ(add(release("0.1.46")),
            "faasc: error: Nanos '0.1.46' is too old: it cannot mount version 5 of its filesystem, which "
            "faasc writes and which Nanos has since '0.1.47' [FAASC0602]\n"
            "  while adding '" +
                here +
                "/0.1.46'\n"
                "  hint: run `faasc kernel pull nanos` for the newest release\n");
  EXPECT_EQ(
      add(here_ / "0.1.55/kernel.img"),
      "faasc: error: '" + here +
          "/0.1.55/kernel.img' is a single ELF file, and a kernel is more than that [FAASC0614]\n"
          "  hint: give the directory it lies in, with the rest of the release; or build with `--kernel " +
          here + "/0.1.55/kernel.img`, without adding it\n");
  write_sample_file(here_ / "mine/vmlinux", sample_nanos());
  EXPECT_EQ(add(here_ / "mine"), "faasc: error: '" + here +
                                     "/mine/vmlinux' is not a kernel faasc can use: it is Nanos, not Linux "
                                     "[FAASC0610]\n  while adding '" +
                                     here + "/mine'\n  hint: name Nanos' kernel 'kernel.img'\n");
  write_sample_file(here_ / "odd/vmlinux", sample_elf({.text = "Linux version 6.1/odd (x)"}));
  EXPECT_EQ(
      add(here_ / "odd"),
      "faasc: error: a kernel cannot be kept under the version '6.1/odd' [FAASC0620]\n  while adding '" +
          here + "/odd'\n  hint: pass --version, as in --version 6.1.0-mine\n");
  write_sample_file(here_ / "0.1.55/boot.img", "short");
  EXPECT_EQ(add(here_ / "0.1.55"),
            "faasc: error: '" + here +
                "/0.1.55/boot.img' is not the boot loader of Nanos: it has 5 bytes where "
                "a multiple of 512 from 1024 on is needed [FAASC0611]\n  while adding '" +
                here + "/0.1.55'\n  hint: take boot.img from the same release as kernel.img\n");
  EXPECT_TRUE(store_.list().kernels.empty());
}

}  // namespace
}  // namespace faasc
