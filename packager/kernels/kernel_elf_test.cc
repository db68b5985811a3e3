#include "packager/kernels/kernel_elf.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "packager/kernels/sample_kernel.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

class KernelElfTest : public testing::Test {
 protected:
  fs::path write(const std::string& name, std::string_view bytes) {
    write_sample_file(directory_.path() / name, bytes);
    return directory_.path() / name;
  }
  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "elf").value();
};

TEST_F(KernelElfTest, KnowsNanosByItsCommit) {
  auto kernel = read_kernel_elf(write("any-name", sample_nanos()));
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_EQ(kernel->family, KernelFamily::Nanos);
  EXPECT_EQ(kernel->commit, kSampleCommit);
  EXPECT_EQ(kernel->release, "");
  EXPECT_THAT(kernel->symbols, UnorderedElementsAre("gitversion", "kernel_print"));
}

TEST_F(KernelElfTest, TakesAStrippedKernelImgForNanos) {
  auto kernel = read_kernel_elf(write("kernel.img", sample_elf({})));
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_EQ(kernel->family, KernelFamily::Nanos);
  EXPECT_EQ(kernel->commit, "");
  EXPECT_TRUE(kernel->symbols.empty());
}

TEST_F(KernelElfTest, LeavesOutSymbolsAndNothingElse) {
  const std::string kernel = sample_nanos(std::string(5000, 't'));
  auto lean = without_symbols(kernel);
  ASSERT_TRUE(lean);
  EXPECT_LT(lean->size(), kernel.size());
  auto read = read_kernel_elf(write("kernel.img", *lean));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->family, KernelFamily::Nanos);
  EXPECT_TRUE(read->symbols.empty());
  EXPECT_NE(lean->find(std::string(5000, 't')), lean->npos);
  EXPECT_FALSE(without_symbols(*lean)) << "a second time there is nothing left";
}

TEST_F(KernelElfTest, LeavesWhatIsNoKernelAlone) {
  EXPECT_FALSE(without_symbols(""));
  EXPECT_FALSE(without_symbols("kernel"));
  const std::string kernel = sample_nanos();
  for (std::size_t size = 0; size < kernel.size(); ++size)
    if (auto lean = without_symbols(std::string_view(kernel).substr(0, size))) EXPECT_LT(lean->size(), size);
}

TEST_F(KernelElfTest, KnowsLinuxByItsBanner) {
  for (const char* name : {"vmlinux", "kernel.img"}) {
    auto kernel = read_kernel_elf(write(name, sample_vmlinux()));
    ASSERT_TRUE(kernel) << kernel.error().what;
    EXPECT_EQ(kernel->family, KernelFamily::Linux);
    EXPECT_EQ(kernel->release, "6.1.0-44-cloud-amd64");
  }
}

TEST_F(KernelElfTest, RefusesWhatIsNoKernel) {
  constexpr const char* kHint = "give the kernel.img of a Nanos release, or a Linux vmlinux";
  std::string bzimage(0x400, '\0');
  bzimage.replace(0x202, 4, "HdrS");
  std::string class32 = sample_elf({});
  class32[4] = 1;
  std::string big_endian = sample_elf({});
  big_endian[5] = 2;
  struct Case {
    std::string bytes, why, hint;
  };
  const Case cases[] = {
      {"", "it is not an ELF file", kHint},
      {"#!/bin/sh\n", "it is not an ELF file", kHint},
      {sample_boot_blob(), "it is a boot sector, as boot.img has", kHint},
      {bzimage, "it is a compressed Linux kernel (bzImage)",
       "give the uncompressed vmlinux, or run `faasc kernel pull linux`"},
      {sample_elf({.machine = 243}), "it is for riscv where x86_64 or aarch64 is needed", kHint},
      {sample_elf({.machine = 9999}), "it is for ELF machine 9999 where x86_64 or aarch64 is needed", kHint},
      {class32, "it is a 32-bit ELF file where a 64-bit one is needed", kHint},
      {big_endian, "it is big-endian", kHint},
      {sample_elf({.pvh_note = false}), "it has no PVH entry point (an ELF note 'Xen' of type 18)", kHint},
      {sample_elf({.machine = 183, .text = "Linux version 6.1.0-44-cloud-arm64 (x"}),
       "it is Linux for aarch64, and images of Linux are for x86_64", kHint},
      {sample_elf({.text = "Linux version %s"}), "it is neither Nanos nor Linux", kHint},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.why);
    fs::path path = write("some-file", c.bytes);
    auto kernel = read_kernel_elf(path);
    ASSERT_FALSE(kernel);
    EXPECT_EQ(to_text(kernel.error(), Color::Off), "faasc: error: '" + path.string() +
                                                       "' is not a kernel faasc can use: " + c.why +
                                                       " [FAASC0610]\n  hint: " + c.hint + "\n");
  }
  auto missing = read_kernel_elf(directory_.path() / "missing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().what,
            "cannot open '" + (directory_.path() / "missing").string() + "': No such file or directory");
}

TEST_F(KernelElfTest, TellsTheArchitecture) {
  EXPECT_EQ(read_kernel_elf(write("kernel.img", sample_nanos())).value().architecture, "x86_64");
  // The way into that one is its ELF entry: it has no PVH note.
  auto aarch64 = read_kernel_elf(write("kernel.img", sample_nanos("nanos", kAarch64)));
  ASSERT_TRUE(aarch64) << aarch64.error().what;
  EXPECT_EQ(aarch64->architecture, "aarch64");
  EXPECT_EQ(aarch64->commit, kSampleCommit);
  EXPECT_EQ(read_klib(write("tls", sample_klib(kAarch64))).value().architecture, "aarch64");
}

TEST_F(KernelElfTest, RefusesEveryTruncation) {
  std::string whole = sample_nanos();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    auto kernel = read_kernel_elf(write("kernel.img", std::string_view(whole).substr(0, size)));
    EXPECT_FALSE(kernel) << "accepted the first " << size << " bytes";
  }
}

// Whatever a single wrong byte makes of the headers, reading ends in a value or an error.
TEST_F(KernelElfTest, SurvivesDamage) {
  std::string whole = sample_nanos();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
    auto kernel = read_kernel_elf(write("kernel.img", damaged));
    if (kernel) {
      EXPECT_EQ(kernel->release, "");
    }
  }
}

TEST_F(KernelElfTest, ReadsTheSymbolsOfAKlib) {
  auto klib = read_klib(write("tls", sample_klib()));
  ASSERT_TRUE(klib) << klib.error().what;
  EXPECT_EQ(klib->name, "tls");
  EXPECT_THAT(klib->needed, ElementsAre("kernel_print"));
  EXPECT_THAT(klib->exported, ElementsAre("klib_start"));
}

TEST_F(KernelElfTest, RefusesWhatIsNoKlib) {
  struct Case {
    std::string bytes, why;
  };
  const Case cases[] = {
      {"text", "it is not an ELF file"},
      {sample_nanos(), "it is not a shared object"},
      {sample_elf({.machine = 243, .type = 3}), "it is for riscv where x86_64 or aarch64 is needed"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.why);
    fs::path path = write("tls", c.bytes);
    auto klib = read_klib(path);
    ASSERT_FALSE(klib);
    EXPECT_EQ(to_text(klib.error(), Color::Off),
              "faasc: error: '" + path.string() + "' is not a kernel library of Nanos: " + c.why +
                  " [FAASC0613]\n  hint: take klibs/ from the same release as kernel.img, or leave it out\n");
  }
}

}  // namespace
}  // namespace faasc
