#include "packager/kernels/sample_linux.h"

#include <cstring>

#include <elf.h>

#include "base/endian.h"
#include "packager/archive/made_archive.h"

namespace faasc {

std::string sample_bzimage_of(std::string_view payload) {
  std::string bzimage(1024 + 100, '\0');  // two setup sectors, then a decompressor of 100 bytes
  auto put = [&](std::size_t at, auto value) { std::memcpy(bzimage.data() + at, &value, sizeof value); };
  bzimage[0x1f1] = 1;
  put(0x1fe, le16(0xaa55));
  bzimage.replace(0x202, 4, "HdrS");
  put(0x206, le16(0x20f));
  put(0x236, le16(1));
  put(0x248, le32(100u));
  put(0x24c, le32(static_cast<std::uint32_t>(payload.size())));
  bzimage += payload;
  return bzimage + "what follows the payload";
}

std::string sample_bzimage(std::string_view vmlinux) {
  return sample_bzimage_of(
      made_archive({{"vmlinux", std::string(vmlinux)}}, ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP));
}

std::string sample_module(std::string_view dependencies) {
  std::string modinfo("license=GPL\0depends=", 20);
  modinfo += dependencies;
  modinfo += std::string("\0name=x\0", 8);
  const std::string names("\0.modinfo\0.shstrtab\0", 20);
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_REL;
  header.e_machine = EM_X86_64;
  header.e_shoff = sizeof header + modinfo.size() + names.size();
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 3;
  header.e_shstrndx = 2;
  Elf64_Shdr sections[3] = {};
  sections[1].sh_name = 1;
  sections[1].sh_type = SHT_PROGBITS;
  sections[1].sh_offset = sizeof header;
  sections[1].sh_size = modinfo.size();
  sections[2].sh_name = 10;
  sections[2].sh_type = SHT_STRTAB;
  sections[2].sh_offset = sizeof header + modinfo.size();
  sections[2].sh_size = names.size();
  return std::string(reinterpret_cast<const char*>(&header), sizeof header) + modinfo + names +
         std::string(reinterpret_cast<const char*>(sections), sizeof sections);
}

}  // namespace faasc
