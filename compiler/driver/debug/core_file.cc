#include "compiler/driver/debug/core_file.h"

#include <cstring>

#include <elf.h>

#include "compiler/driver/codes.h"

namespace faasc {
namespace {

constexpr std::uint64_t kMaxNoteBytes = std::uint64_t{16} << 20;

constexpr std::uint64_t padded(std::uint64_t size) {
  return (size + 3) / 4 * 4;
}

template <typename T>
std::optional<T> field_of(std::string_view bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T field;
  std::memcpy(&field, bytes.data(), sizeof field);
  return field;
}

Result<std::string> bytes_of(const ByteSource& file, std::uint64_t offset, std::uint64_t size) {
  std::string bytes(size, '\0');
  FAASC_CHECK(file.read_at(offset, bytes.data(), bytes.size()));
  return bytes;
}

bool fits(const ByteSource& file, std::uint64_t offset, std::uint64_t size) {
  return offset <= file.size() && size <= file.size() - offset;
}

}  // namespace

Result<CoreFile> CoreFile::open(const std::filesystem::path& path) {
  CoreFile core;
  FAASC_TRY(core.file_, open_byte_source(path));
  const ByteSource& file = *core.file_;
  Error no_core{Fault::Input,
                kBadCoreDump,
                "'" + path.string() + "' is no core dump",
                {},
                "'faasc run IMAGE --core FILE' leaves one where the function crashes"};
  if (file.size() < sizeof(Elf64_Ehdr)) return no_core;
  Elf64_Ehdr header{};
  FAASC_CHECK(file.read_at(0, reinterpret_cast<char*>(&header), sizeof header));
  bool ours = std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
              header.e_ident[EI_DATA] == ELFDATA2LSB;
  std::uint64_t table_bytes = std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr);
  if (!ours || header.e_type != ET_CORE || header.e_phentsize != sizeof(Elf64_Phdr) ||
      !fits(file, header.e_phoff, table_bytes))
    return no_core;
  std::vector<Elf64_Phdr> table(header.e_phnum);
  FAASC_CHECK(file.read_at(header.e_phoff, reinterpret_cast<char*>(table.data()), table_bytes));
  for (const Elf64_Phdr& part : table) {
    // A dump may be cut off where its limit was reached.
    if (!fits(file, part.p_offset, part.p_filesz)) continue;
    if (part.p_type == PT_LOAD) core.segments_.push_back({part.p_vaddr, part.p_offset, part.p_filesz});
    if (part.p_type == PT_NOTE) FAASC_CHECK(core.read_notes(part.p_offset, part.p_filesz));
  }
  return core;
}

Result<void> CoreFile::read_notes(std::uint64_t offset, std::uint64_t size) {
  if (size > kMaxNoteBytes) return {};
  FAASC_TRY(std::string bytes, bytes_of(*file_, offset, size));
  std::string_view rest = bytes;
  while (auto note = field_of<Elf64_Nhdr>(rest)) {
    std::uint64_t name = padded(note->n_namesz), described = padded(note->n_descsz);
    rest.remove_prefix(sizeof *note);
    if (name > rest.size() || note->n_descsz > rest.size() - name) return {};
    std::string_view description = rest.substr(name, note->n_descsz);
    if (note->n_type == NT_AUXV)
      for (; auto entry = field_of<Elf64_auxv_t>(description); description.remove_prefix(sizeof *entry))
        if (entry->a_type == AT_ENTRY) entry_ = entry->a_un.a_val;
    rest.remove_prefix(std::min<std::uint64_t>(rest.size(), name + described));
  }
  return {};
}

Result<std::optional<std::string>> CoreFile::read_at(std::uint64_t address, std::size_t size) const {
  for (const Segment& segment : segments_) {
    if (address < segment.address || address - segment.address >= segment.size ||
        size > segment.size - (address - segment.address))
      continue;
    FAASC_TRY(std::string bytes, bytes_of(*file_, segment.offset + (address - segment.address), size));
    return std::optional(std::move(bytes));
  }
  return std::optional<std::string>();
}

}  // namespace faasc
