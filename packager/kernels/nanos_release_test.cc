#include "packager/kernels/nanos_release.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "packager/archive/made_archive.h"
#include "packager/kernels/kernel_record.h"
#include "packager/kernels/sample_kernel.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class NanosReleaseTest : public testing::Test {
 protected:
  /// The names of what was staged, or the whole refusal.
  std::vector<std::string> staged(const fs::path& source, std::string* top = nullptr) {
    fs::remove_all(staging_);
    fs::create_directory(staging_);
    auto result = stage_nanos_release(source, staging_);
    if (!result) return {to_text(result.error(), Color::Off)};
    if (top != nullptr) *top = *result;
    std::vector<std::string> names;
    const KernelFiles files = describe_files(staging_).value();
    for (const auto& [name, file] : files) names.push_back(name);
    return names;
  }
  std::string checked(const std::function<void(const fs::path&)>& spoil) {
    fs::path directory = directory_.path() / "release";
    fs::remove_all(directory);
    write_sample_release(directory);
    spoil(directory);
    auto kernel = check_nanos_release(directory, "shown");
    return kernel ? "accepted " + kernel->commit : to_text(kernel.error(), Color::Off);
  }
  fs::path write_archive(const std::vector<MadeEntry>& entries) {
    fs::path path = directory_.path() / "release.tar.gz";
    write_sample_file(path, made_archive(entries, ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP));
    return path;
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "release").value();
  fs::path staging_ = directory_.path() / "staging";
};

TEST_F(NanosReleaseTest, IsStagedFromADirectory) {
  fs::path source = directory_.path() / "0.1.55";
  write_sample_release(source);
  for (const char* other : {"README", "klibs/.hidden", "klibs/test/deep", "program", "images/a.img"})
    write_sample_file(source / other, "x");
  std::string top = "?";
  EXPECT_THAT(staged(source, &top), ElementsAre("boot.img", "bootx64.efi", "kernel.img", "klibs/tls"));
  EXPECT_EQ(top, "");

  fs::create_directory(directory_.path() / "outer");
  fs::rename(source, directory_.path() / "outer/0.1.55");
  EXPECT_THAT(staged(directory_.path() / "outer", &top),
              ElementsAre("boot.img", "bootx64.efi", "kernel.img", "klibs/tls"));
  EXPECT_EQ(top, "0.1.55");

  fs::remove_all(directory_.path() / "outer/0.1.55/klibs");
  fs::remove(directory_.path() / "outer/0.1.55/bootx64.efi");
  EXPECT_THAT(staged(directory_.path() / "outer"), ElementsAre("boot.img", "kernel.img"));
}

TEST_F(NanosReleaseTest, IsStagedFromAnArchive) {
  std::string top = "?";
  EXPECT_THAT(staged(write_archive({{"./", "", AE_IFDIR, "", 0755},
                                    {"./boot.img", "b"},
                                    {"kernel.img", "k"},
                                    {"README", "r"},
                                    {"klibs/", "", AE_IFDIR, "", 0755},
                                    {"klibs/tls", "t"},
                                    {"klibs/test/x", "x"}}),
                     &top),
              ElementsAre("boot.img", "kernel.img", "klibs/tls"));
  EXPECT_EQ(top, "");
  EXPECT_EQ(read_file(staging_ / "klibs/tls").value(), "t");

  EXPECT_THAT(
      staged(write_archive({{"0.1.55/klibs/tls", "t"}, {"0.1.55/boot.img", "b"}, {"0.1.55/kernel.img", "k"}}),
             &top),
      ElementsAre("boot.img", "kernel.img", "klibs/tls"));
  EXPECT_EQ(top, "0.1.55");
}

TEST_F(NanosReleaseTest, RefusesWhatIsNoRelease) {
  constexpr const char* kHint =
      "  hint: a release has 'kernel.img' and, for x86_64, 'boot.img', and it may have 'bootx64.efi' or "
      "'bootaa64.efi', and 'klibs/'\n";
  auto refusal = [&](const fs::path& source, const std::string& why) {
    return "faasc: error: '" + source.string() + "' is not a Nanos release: " + why + " [FAASC0614]\n" +
           kHint;
  };
  fs::path empty = directory_.path() / "empty";
  fs::create_directory(empty);
  EXPECT_THAT(staged(empty), ElementsAre(refusal(empty, "it has no 'kernel.img'")));
  write_sample_file(empty / "kernel.img", "k");
  EXPECT_THAT(staged(empty), ElementsAre(refusal(empty, "it has no 'boot.img'")));

  fs::path two = directory_.path() / "two";
  write_sample_release(two / "0.1.54");
  write_sample_release(two / "0.1.55");
  EXPECT_THAT(
      staged(two),
      ElementsAre(refusal(two, "more than one directory in it has a 'kernel.img': '0.1.54' and '0.1.55'")));

  fs::path archive = write_archive({{"README", "text"}});
  EXPECT_THAT(staged(archive), ElementsAre(refusal(archive, "it has no 'kernel.img'")));
  archive = write_archive({{"kernel.img", "k"}, {"x/boot.img", "b"}});
  EXPECT_THAT(staged(archive),
              ElementsAre(refusal(archive, "its files are in more than one directory: '' and 'x/'")));

  for (const auto& [bytes, code] :
       {std::pair<std::string, const char*>{"", "FAASC0520"}, {"no archive at all", "FAASC0520"}}) {
    fs::path path = directory_.path() / "garbage.tar.gz";
    write_sample_file(path, bytes);
    auto result = stage_nanos_release(path, staging_);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code);
  }
  fs::path truncated = write_archive({{"kernel.img", sample_nanos()}, {"boot.img", sample_boot_blob()}});
  std::string whole = read_file(truncated).value();
  write_sample_file(truncated, std::string_view(whole).substr(0, whole.size() / 2));
  auto result = stage_nanos_release(truncated, staging_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "FAASC0521");

  archive = write_archive({{"kernel.img", "k"}, {"../boot.img", "b"}});
  result = stage_nanos_release(archive, staging_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "FAASC0522");
}

TEST_F(NanosReleaseTest, IsCheckedFileByFile) {
  EXPECT_EQ(checked([](const fs::path&) {}), "accepted " + std::string(kSampleCommit));
  EXPECT_EQ(checked([](const fs::path& at) {
              fs::remove(at / "bootx64.efi");
              fs::remove_all(at / "klibs");
            }),
            "accepted " + std::string(kSampleCommit));

  constexpr const char* kKernelHint = "  hint: give the kernel.img of a Nanos release, or a Linux vmlinux\n";
  constexpr const char* kBootHint = "  hint: take boot.img from the same release as kernel.img\n";
  constexpr const char* kEfiHint =
      "  hint: take bootx64.efi from the same release as kernel.img, or leave it out\n";
  constexpr const char* kKlibHint =
      "  hint: take klibs/ from the same release as kernel.img, or leave it out\n";
  std::string no_mark = sample_boot_blob(), wrong_type = sample_boot_blob(),
              wrong_length = sample_boot_blob() + std::string(512, '\0');
  no_mark[511] = 0;
  wrong_type[0x1BA] = 1;
  std::string efi_arm = sample_uefi_loader(), efi_driver = sample_uefi_loader(),
              efi_far = sample_uefi_loader();
  efi_arm.replace(0x84, 2, "\x64\xaa");
  efi_driver[0x98 + 68] = 11;
  efi_far.replace(0x3C, 4, "\xff\xff\xff\xff");
  struct Case {
    const char* file;
    std::string bytes, refusal;
  };
  const Case cases[] = {
      {"kernel.img", sample_boot_blob(),
       "'shown/kernel.img' is not a kernel faasc can use: it is a boot sector, as boot.img has "
       "[FAASC0610]\n" +
           std::string(kKernelHint)},
      {"kernel.img", sample_elf({.machine = 243}),
       "'shown/kernel.img' is not a kernel faasc can use: it is for riscv where x86_64 or aarch64 is needed "
       "[FAASC0610]\n" +
           std::string(kKernelHint)},
      {"kernel.img", sample_vmlinux(),
       "'shown/kernel.img' is not a kernel faasc can use: it is Linux 6.1.0-44-cloud-amd64 [FAASC0610]\n"
       "  hint: name a Linux kernel's ELF file 'vmlinux'\n"},
      {"boot.img", sample_nanos(),
       "'shown/boot.img' is not the boot loader of Nanos: it is an ELF file, as kernel.img is [FAASC0611]\n" +
           std::string(kBootHint)},
      {"boot.img", sample_boot_blob().substr(1),
       "'shown/boot.img' is not the boot loader of Nanos: it has 2047 bytes where a multiple of 512 from "
       "1024 on is needed "
       "[FAASC0611]\n" +
           std::string(kBootHint)},
      {"boot.img", sample_boot_blob().substr(0, 512),
       "'shown/boot.img' is not the boot loader of Nanos: it has 512 bytes where a multiple of 512 from 1024 "
       "on is needed "
       "[FAASC0611]\n" +
           std::string(kBootHint)},
      {"boot.img", no_mark,
       "'shown/boot.img' is not the boot loader of Nanos: its first sector does not end in the bytes 55 AA "
       "[FAASC0611]\n" +
           std::string(kBootHint)},
      {"boot.img", wrong_type,
       "'shown/boot.img' is not the boot loader of Nanos: the region at byte 0x1AA is of type 1 where 12 is "
       "needed "
       "[FAASC0611]\n" +
           std::string(kBootHint)},
      {"boot.img", wrong_length,
       "'shown/boot.img' is not the boot loader of Nanos: it says that 1536 bytes follow its first sector, "
       "and 2048 do "
       "[FAASC0611]\n" +
           std::string(kBootHint)},
      {"bootx64.efi", "text",
       "'shown/bootx64.efi' is not the UEFI loader of Nanos: it is not a PE file [FAASC0612]\n" +
           std::string(kEfiHint)},
      {"bootx64.efi", efi_far,
       "'shown/bootx64.efi' is not the UEFI loader of Nanos: it is not a PE file [FAASC0612]\n" +
           std::string(kEfiHint)},
      {"bootx64.efi", efi_arm,
       "'shown/bootx64.efi' is not the UEFI loader of Nanos: it is not for x86_64 [FAASC0612]\n" +
           std::string(kEfiHint)},
      {"bootx64.efi", efi_driver,
       "'shown/bootx64.efi' is not the UEFI loader of Nanos: it is not an EFI application [FAASC0612]\n" +
           std::string(kEfiHint)},
      {"klibs/tls", "text",
       "'shown/klibs/tls' is not a kernel library of Nanos: it is not an ELF file [FAASC0613]\n" +
           std::string(kKlibHint)},
      {"klibs/other",
       sample_elf({.type = 3, .pvh_note = false, .needed = {"kernel_print", "kernel_gone"}, .dynamic = true}),
       "'shown/klibs/other' does not belong to this kernel.img: it needs 'kernel_gone', which neither the "
       "kernel nor another klib "
       "has [FAASC0613]\n" +
           std::string(kKlibHint)},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.refusal);
    EXPECT_EQ(checked([&](const fs::path& at) { write_sample_file(at / c.file, c.bytes); }),
              "faasc: error: " + c.refusal);
  }
}

TEST_F(NanosReleaseTest, AKlibMayLinkAgainstAnother) {
  EXPECT_EQ(checked([](const fs::path& at) {
              write_sample_file(
                  at / "klibs/cloud_init",
                  sample_elf({.type = 3, .pvh_note = false, .needed = {"klib_start"}, .dynamic = true}));
            }),
            "accepted " + std::string(kSampleCommit));
}

TEST_F(NanosReleaseTest, AStrippedKernelCannotRefuseKlibs) {
  EXPECT_EQ(checked([](const fs::path& at) { write_sample_file(at / "kernel.img", sample_elf({})); }),
            "accepted ");
}

TEST(NanosVersionIn, ReadsNamesOfArchivesAndDirectories) {
  const std::pair<const char*, const char*> cases[] = {
      {"nanos-release-linux-0.1.55.tar.gz", "0.1.55"},
      {"nanos-release-darwin-0.1.55.tar.gz", "0.1.55"},
      {"nanos-release-linux-0.1.55-virt.tar.gz", "0.1.55"},
      {"nanos-release-linux-0.1.55-27-gb9c3671d.tar.gz", "0.1.55-27-gb9c3671d"},
      {"0.1.55", "0.1.55"},
      {"nanos-release-linux-.tar.gz", ""},
      {"nanos-release-linux-latest.tar.gz", ""},
      {"nanos-nightly-linux.tar.gz", ""},
      {"0.1.55.tar.gz", "0.1.55"},
      {"nanos-0.1.55.tgz", ""},
      {"release", ""},
      {"", ""},
  };
  for (const auto& [name, version] : cases) EXPECT_EQ(nanos_version_in(name), version) << name;
}

}  // namespace
}  // namespace faasc
