#include "packager/rootfs/elf_strip.h"

#include <algorithm>
#include <cstring>

#include <elf.h>

#include "base/file.h"
#include "packager/rootfs/codes.h"
#include "packager/rootfs/elf_file.h"

namespace faasc {
namespace {

Error damaged(const std::string& path, const char* what) {
  return {Fault::Input, kElfDamaged, "'" + path + "' is damaged: " + what, {}, {}};
}

}  // namespace

Result<std::optional<std::string>> stripped_elf(const std::string& path, std::uint64_t least_saving) {
  FAASC_TRY(ElfFile checked, read_elf_file(path));  // 64-bit, little-endian, and of one piece
  (void)checked;
  FAASC_TRY(std::string bytes, read_file(path));
  Elf64_Ehdr header;
  if (bytes.size() < sizeof header) return damaged(path, "it is shorter than its header");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.e_phentsize != sizeof(Elf64_Phdr)) return damaged(path, "its program headers have an odd size");
  std::uint64_t end = std::max<std::uint64_t>(
      sizeof header, header.e_phoff + std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr));
  if (header.e_phoff > bytes.size() || end > bytes.size())
    return damaged(path, "it ends in its program headers");
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_filesz == 0) continue;
    if (segment.p_offset > bytes.size() || segment.p_filesz > bytes.size() - segment.p_offset)
      return damaged(path, "it ends in a segment");
    end = std::max(end, segment.p_offset + segment.p_filesz);
  }
  if (bytes.size() - end < least_saving) return std::optional<std::string>();
  header.e_shoff = 0;
  header.e_shnum = 0;
  header.e_shstrndx = SHN_UNDEF;
  std::memcpy(bytes.data(), &header, sizeof header);
  bytes.resize(end);
  return std::optional<std::string>(std::move(bytes));
}

}  // namespace faasc
