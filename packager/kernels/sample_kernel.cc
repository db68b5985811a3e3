#include "packager/kernels/sample_kernel.h"

#include <cstring>

#include <elf.h>
#include <gtest/gtest.h>

#include "base/endian.h"
#include "base/file.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

template <typename T>
void append(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
void put(std::string& bytes, std::size_t offset, const T& value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

std::uint16_t machine_of(std::string_view architecture) {
  return architecture == kX86_64 ? EM_X86_64 : EM_AARCH64;
}

}  // namespace

std::string sample_elf(const SampleElf& sample) {
  constexpr std::uint64_t kBase = 0x200000;
  std::uint16_t segments = sample.pvh_note ? 2 : 1;

  // The loaded segment: gitversion's two words, its text, then what the caller wants in there.
  std::string load;
  append(load, std::uint64_t{sample.commit.size()});
  append(load, std::uint64_t{kBase + 16});
  load += sample.commit + sample.text;

  std::string note;
  append(note, Elf64_Nhdr{4, 4, 18});
  note += std::string("Xen\0", 4);
  append(note, std::uint32_t{0x200000});

  std::string names(1, '\0'), symbols;
  append(symbols, Elf64_Sym{});
  auto add_symbol = [&](std::string_view name, std::uint16_t section) {
    Elf64_Sym symbol{};
    symbol.st_name = static_cast<Elf64_Word>(names.size());
    symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);
    symbol.st_shndx = section;
    symbol.st_value = kBase;
    append(symbols, symbol);
    names.append(name).append(1, '\0');
  };
  if (!sample.commit.empty()) add_symbol("gitversion", 1);
  for (const std::string& name : sample.exported) add_symbol(name, 1);
  for (const std::string& name : sample.needed) add_symbol(name, SHN_UNDEF);

  std::uint64_t load_at = sizeof(Elf64_Ehdr) + segments * sizeof(Elf64_Phdr);
  std::uint64_t note_at = load_at + load.size();
  std::uint64_t symbols_at = note_at + note.size();
  std::uint64_t names_at = symbols_at + symbols.size();
  std::uint64_t sections_at = names_at + names.size();

  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = sample.type;
  header.e_machine = sample.machine;
  header.e_version = EV_CURRENT;
  header.e_entry = kBase;
  header.e_phoff = sizeof(Elf64_Ehdr);
  header.e_shoff = sections_at;
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = segments;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 4;

  std::string out;
  append(out, header);
  append(out, Elf64_Phdr{PT_LOAD, PF_R | PF_X, load_at, kBase, kBase, load.size(), load.size(), 1});
  if (sample.pvh_note) append(out, Elf64_Phdr{PT_NOTE, PF_R, note_at, 0, 0, note.size(), note.size(), 4});
  out += load + note + symbols + names;

  Elf64_Shdr section{};
  append(out, section);
  section.sh_type = SHT_PROGBITS;
  section.sh_addr = kBase;
  section.sh_offset = load_at;
  section.sh_size = load.size();
  append(out, section);
  section = {};
  section.sh_type = sample.dynamic ? SHT_DYNSYM : SHT_SYMTAB;
  section.sh_offset = symbols_at;
  section.sh_size = symbols.size();
  section.sh_link = 3;
  section.sh_entsize = sizeof(Elf64_Sym);
  append(out, section);
  section = {};
  section.sh_type = SHT_STRTAB;
  section.sh_offset = names_at;
  section.sh_size = names.size();
  append(out, section);
  return out;
}

std::string sample_nanos(std::string_view text, std::string_view architecture) {
  bool pc = architecture == kX86_64;
  return sample_elf({.machine = machine_of(architecture),
                     .pvh_note = pc,
                     .commit = std::string(kSampleCommit),
                     .text = std::string(text),
                     .exported = {"kernel_print"}});
}

std::string sample_vmlinux() {
  return sample_elf({.text = "Linux version 6.1.0-44-cloud-amd64 (builder) #1"});
}

std::string sample_klib(std::string_view architecture) {
  return sample_elf({.machine = machine_of(architecture),
                     .type = ET_DYN,
                     .pvh_note = false,
                     .exported = {"klib_start"},
                     .needed = {"kernel_print"},
                     .dynamic = true});
}

std::string sample_boot_blob(std::size_t sectors) {
  std::string bytes(sectors * 512, '\x90');
  put(bytes, 0x1AA, le64(0x8000));
  put(bytes, 0x1B2, le64((sectors - 1) * 512));
  put(bytes, 0x1BA, le32(12));
  bytes[510] = '\x55';
  bytes[511] = '\xaa';
  return bytes;
}

std::string sample_uefi_loader(std::string_view architecture) {
  std::string bytes(512, '\0');
  bytes[0] = 'M';
  bytes[1] = 'Z';
  put(bytes, 0x3C, le32(0x80));
  std::memcpy(bytes.data() + 0x80, "PE\0\0", 4);
  put(bytes, 0x84, le16(architecture == kX86_64 ? 0x8664 : 0xAA64));
  put(bytes, 0x98, le16(0x20B));
  put(bytes, 0x98 + 68, le16(10));
  return bytes;
}

void write_sample_file(const fs::path& path, std::string_view bytes) {
  auto written = write_file(path, bytes);
  ASSERT_TRUE(written) << written.error().what;
}

void write_sample_release(const fs::path& directory, std::string_view text) {
  write_sample_file(directory / "kernel.img", sample_nanos(text));
  write_sample_file(directory / "boot.img", sample_boot_blob());
  write_sample_file(directory / "bootx64.efi", sample_uefi_loader());
  write_sample_file(directory / "klibs/tls", sample_klib());
}

void write_sample_aarch64_release(const fs::path& directory, std::string_view text) {
  write_sample_file(directory / "kernel.img", sample_nanos(text, kAarch64));
  write_sample_file(directory / "bootaa64.efi", sample_uefi_loader(kAarch64));
  write_sample_file(directory / "klibs/tls", sample_klib(kAarch64));
}

}  // namespace faasc
