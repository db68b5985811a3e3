#include "compiler/go/stripped_copy.h"

#include <algorithm>
#include <cstring>
#include <string>

#include <elf.h>

#include "base/file.h"

namespace faasc::go {

namespace fs = std::filesystem;

namespace {

// Where the last segment ends; the whole file where it is no ELF file of ours, or one that does not add up.
std::uint64_t loaded_size(const std::string& head, std::uint64_t size) {
  Elf64_Ehdr header;
  if (head.size() < sizeof header) return size;
  std::memcpy(&header, head.data(), sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_phentsize != sizeof(Elf64_Phdr))
    return size;
  std::uint64_t end = header.e_phoff + std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (header.e_phoff > head.size() || end > head.size()) return size;
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, head.data() + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_filesz > size || segment.p_offset > size - segment.p_filesz) return size;
    end = std::max<std::uint64_t>(end, segment.p_offset + segment.p_filesz);
  }
  return end;
}

}  // namespace

Result<void> write_stripped_copy(const fs::path& from, const fs::path& to) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  FAASC_TRY(Fd input, open_for_reading(from));
  std::error_code error;
  std::uint64_t size = fs::file_size(from, error);
  if (error) return io_error("read", from, error.value());
  std::string piece(std::min<std::uint64_t>(size, kPiece), '\0');
  FAASC_CHECK(read_exactly_at(input, piece.data(), piece.size(), 0, from));
  std::uint64_t end = loaded_size(piece, size);
  if (end < size) {
    Elf64_Ehdr header;
    std::memcpy(&header, piece.data(), sizeof header);
    header.e_shoff = 0;
    header.e_shnum = header.e_shstrndx = 0;
    std::memcpy(piece.data(), &header, sizeof header);
  }
  FAASC_TRY(AtomicFile output, AtomicFile::create(to, 0755));
  for (std::uint64_t at = 0; at < end;) {
    std::size_t count = std::min<std::uint64_t>(kPiece, end - at);
    if (at > 0) {
      piece.resize(count);
      FAASC_CHECK(read_exactly_at(input, piece.data(), count, at, from));
    }
    FAASC_CHECK(output.write(std::string_view(piece).substr(0, count)));
    at += count;
  }
  return std::move(output).commit();
}

}  // namespace faasc::go
