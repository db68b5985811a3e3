#include "packager/kernels/linux_image.h"

#include <cstring>

#include <elf.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/endian.h"
#include "packager/archive/made_archive.h"
#include "packager/kernels/sample_kernel.h"
#include "packager/kernels/sample_linux.h"

namespace faasc {
namespace {

// What is printed for it, behind "faasc: error: ".
std::string told(const Error& error) {
  return to_text(error, Color::Off).substr(14);
}

std::string refusal(std::string_view bzimage) {
  auto result = vmlinux_of(bzimage, "vmlinuz");
  return result ? "accepted" : told(result.error());
}

const std::string kRefused = "'vmlinuz' is no Linux kernel for x86_64 that faasc can unpack: ";

template <typename T>
std::string patched(std::string bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
  return bytes;
}

TEST(LinuxImage, UnpacksEveryCompressionThatKernelsUse) {
  std::string vmlinux = sample_vmlinux();
  std::string expected = compact_vmlinux(vmlinux, "x").value();
  le32 size(static_cast<std::uint32_t>(vmlinux.size()));
  std::string size_word(reinterpret_cast<const char*>(&size), sizeof size);
  EXPECT_EQ(vmlinux_of(sample_bzimage(vmlinux), "x").value(), expected);
  for (int filter : {ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_LZMA, ARCHIVE_FILTER_BZIP2,
                     ARCHIVE_FILTER_LZ4}) {
    SCOPED_TRACE(filter);
    std::string packed = made_archive({{"vmlinux", vmlinux}}, ARCHIVE_FORMAT_RAW, filter);
    auto result = vmlinux_of(sample_bzimage_of(packed + size_word), "x");
    ASSERT_TRUE(result) << result.error().what;
    EXPECT_EQ(*result, expected);
  }
}

TEST(LinuxImage, RefusesWhatIsNoKernel) {
  std::string good = sample_bzimage(sample_vmlinux());
  EXPECT_EQ(refusal(""), kRefused + "it is too short [FAASC0641]\n");
  EXPECT_EQ(refusal(std::string(5000, 'x')), kRefused + "it is no bzImage [FAASC0641]\n");
  EXPECT_EQ(refusal(patched(good, 0x206, le16(0x207))),
            kRefused + "its boot protocol is 2.7 where 2.8 or later is needed [FAASC0641]\n");
  EXPECT_EQ(refusal(patched(good, 0x236, le16(0))), kRefused + "it is for 32-bit machines [FAASC0641]\n");
  EXPECT_EQ(refusal(patched(good, 0x248, le32(0xffffffffu))),
            kRefused + "it ends before its compressed part does [FAASC0641]\n");
  EXPECT_EQ(refusal(patched(good, 0x24c, le32(3u))),
            kRefused + "it ends before its compressed part does [FAASC0641]\n");
  EXPECT_EQ(refusal(sample_bzimage_of(std::string("\x89LZO, which nobody uses\x10\0\0\0", 28))),
            kRefused + "its compression is not known [FAASC0641]\n");
  EXPECT_EQ(refusal(sample_bzimage("not an ELF file")),
            kRefused + "what it unpacks to is no ELF file [FAASC0641]\n");
  EXPECT_EQ(refusal(sample_bzimage(sample_elf({.machine = 183}))),
            kRefused + "what it unpacks to is no ELF file for x86_64 [FAASC0641]\n");
  std::string xz = made_archive({{"vmlinux", sample_vmlinux()}}, ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_XZ);
  EXPECT_EQ(refusal(sample_bzimage_of(xz + std::string("\1\0\0\0", 4))),
            kRefused + "it unpacks to " + std::to_string(sample_vmlinux().size()) +
                " bytes where 1 are announced [FAASC0641]\n");
}

TEST(LinuxImage, RefusesEveryTruncation) {
  std::string good = sample_bzimage(sample_vmlinux());
  std::size_t payload_end = good.size() - std::strlen("what follows the payload");
  for (std::size_t n = 0; n < payload_end; ++n) EXPECT_FALSE(vmlinux_of(good.substr(0, n), "x")) << n;
}

TEST(LinuxImage, RefusesEveryTruncatedElf) {
  std::string elf = compact_vmlinux(sample_vmlinux(), "x").value();
  std::size_t content = elf.find_last_not_of('\0') + 1;
  for (std::size_t n = 0; n < content; ++n)
    EXPECT_FALSE(compact_vmlinux(std::string_view(elf).substr(0, n), "x")) << n;
}

TEST(LinuxImage, CompactKeepsWhatALoaderSees) {
  // One segment of 100 bytes and many zeros at an odd place, with a note inside of it, and a section header
  // table.
  const std::size_t at = 5000, file_bytes = 20'000, memory_bytes = 30'000;
  std::string elf(at + file_bytes + 500, '\0');
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_machine = EM_X86_64;
  header.e_entry = 0x1234;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 2;
  header.e_shoff = at + file_bytes;
  header.e_shnum = 3;
  Elf64_Phdr segments[2] = {};
  segments[0].p_type = PT_LOAD;
  segments[0].p_offset = at;
  segments[0].p_vaddr = 0xffffffff81000388;  // 5000 modulo 4096 is 0x388
  segments[0].p_paddr = 0x1000388;
  segments[0].p_filesz = file_bytes;
  segments[0].p_memsz = memory_bytes;
  segments[1].p_type = PT_NOTE;
  segments[1].p_offset = at + 20;
  segments[1].p_filesz = 30;
  std::memcpy(elf.data(), &header, sizeof header);
  std::memcpy(elf.data() + sizeof header, segments, sizeof segments);
  std::string content(100, 'c');
  elf.replace(at, 100, content);

  auto compact = compact_vmlinux(elf, "x");
  ASSERT_TRUE(compact) << compact.error().what;
  EXPECT_EQ(compact->size(), 8192u);
  Elf64_Ehdr new_header;
  Elf64_Phdr now[2];
  std::memcpy(&new_header, compact->data(), sizeof new_header);
  std::memcpy(now, compact->data() + new_header.e_phoff, sizeof now);
  EXPECT_EQ(new_header.e_entry, 0x1234u);
  EXPECT_EQ(new_header.e_shnum, 0);
  EXPECT_EQ(now[0].p_filesz, 100u);
  EXPECT_EQ(now[0].p_memsz, memory_bytes);
  EXPECT_EQ(now[0].p_paddr, segments[0].p_paddr);
  EXPECT_EQ(now[0].p_offset % 4096, now[0].p_vaddr % 4096);
  EXPECT_EQ(compact->substr(now[0].p_offset, 100), content);
  EXPECT_EQ(now[1].p_offset, now[0].p_offset + 20);
  EXPECT_EQ(compact_vmlinux(*compact, "x").value(), *compact);
}

}  // namespace
}  // namespace faasc
