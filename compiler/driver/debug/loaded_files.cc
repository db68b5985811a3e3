#include "compiler/driver/debug/loaded_files.h"

#include <charconv>
#include <cstring>
#include <string>

#include <elf.h>

#include "base/file.h"
#include "packager/image/opened_image.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// Nanos: DEFAULT_PROG_ADDR of src/unix/exec.c. Linux: two thirds of the address space, a page's beginning.
constexpr std::uint64_t kNanosOffset = 0x400000, kLinuxOffset = 0x555555554000;
constexpr std::size_t kMostLibraries = 4096;
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kMaxKernelBytes = std::uint64_t{256} << 20;

template <typename T>
bool read_at(const std::string& bytes, std::uint64_t at, T& out) {
  if (at > bytes.size() || bytes.size() - at < sizeof out) return false;
  std::memcpy(&out, bytes.data() + at, sizeof out);
  return true;
}

// The list that the loader keeps for debuggers, <link.h>: r_debug at DT_DEBUG, with the first link_map.
Result<std::uint64_t> first_of_list(GdbStub& stub, std::uint64_t dynamic) {
  for (std::uint64_t at = dynamic;; at += sizeof(Elf64_Dyn)) {
    FAASC_TRY(std::optional<std::string> bytes, stub.read(at, sizeof(Elf64_Dyn)));
    Elf64_Dyn entry{};
    if (!bytes || !read_at(*bytes, 0, entry) || entry.d_tag == DT_NULL) return std::uint64_t{0};
    if (entry.d_tag != DT_DEBUG || entry.d_un.d_ptr == 0) continue;
    FAASC_TRY(std::optional<std::uint64_t> first, stub.read_word(entry.d_un.d_ptr + 8));
    return first.value_or(0);
  }
}

}  // namespace

std::uint64_t program_offset(const ElfFile& program, std::string_view kernel_family) {
  if (!program.position_independent) return 0;
  return kernel_family == "nanos" ? kNanosOffset : kLinuxOffset;
}

Result<std::vector<LoadedFile>> loaded_libraries(GdbStub& stub, const ElfFile& program, std::uint64_t offset,
                                                 const StoredTree& tree, const fs::path& root) {
  std::vector<LoadedFile> files;
  if (program.dynamic == 0 || program.interpreter.empty()) return files;
  FAASC_TRY(std::uint64_t at, first_of_list(stub, offset + program.dynamic));
  for (std::size_t count = 0; at != 0 && count < kMostLibraries; ++count) {
    // l_addr, l_name, l_ld, l_next
    FAASC_TRY(std::optional<std::string> bytes, stub.read(at, 4 * sizeof(std::uint64_t)));
    std::uint64_t map[4] = {};
    if (!bytes || !read_at(*bytes, 0, map)) break;
    at = map[3];
    FAASC_TRY(std::optional<std::string> name, stub.read_text(map[1]));
    // The program itself has no name.
    if (!name || name->empty()) continue;
    auto entry = find_in_image(tree, *name, LastLink::Follow);
    if (entry && *entry) files.push_back({root / (*entry)->path.substr(1), map[0]});
  }
  return files;
}

Result<std::optional<LoadedFile>> loaded_nanos(GdbStub& stub, const fs::path& kernel) {
  std::optional<LoadedFile> none;
  auto linked = symbol_value(kernel, "interrupt0");
  if (!linked) return none;
  FAASC_TRY(std::string registers, stub.ask_monitor("info registers"));
  std::size_t at = registers.find("IDT=");
  if (at == std::string::npos) return none;
  at = registers.find_first_not_of(' ', at + 4);
  std::uint64_t table = 0;
  if (at == std::string::npos ||
      std::from_chars(registers.data() + at, registers.data() + registers.size(), table, 16).ec !=
          std::errc())
    return none;
  FAASC_TRY(std::optional<std::string> gate, stub.read(table, 16));
  if (!gate) return none;
  std::uint16_t low = 0, middle = 0;
  std::uint32_t high = 0;
  if (!read_at(*gate, 0, low) || !read_at(*gate, 6, middle) || !read_at(*gate, 8, high)) return none;
  std::uint64_t handler = std::uint64_t{high} << 32 | std::uint64_t{middle} << 16 | low;
  std::uint64_t offset = handler - *linked;
  if (offset % kPage != 0) return none;
  return std::optional(LoadedFile{kernel, offset});
}

std::optional<std::uint64_t> symbol_value(const fs::path& file, std::string_view name) {
  auto bytes = read_file(file, kMaxKernelBytes);
  Elf64_Ehdr header{};
  if (!bytes || !read_at(*bytes, 0, header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return std::nullopt;
  auto section = [&](std::uint64_t index) {
    Elf64_Shdr out{};
    if (index >= header.e_shnum || !read_at(*bytes, header.e_shoff + index * sizeof out, out)) out = {};
    return out;
  };
  for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr symbols = section(i);
    if (symbols.sh_type != SHT_SYMTAB) continue;
    Elf64_Shdr names = section(symbols.sh_link);
    for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= symbols.sh_size; at += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol{};
      if (!read_at(*bytes, symbols.sh_offset + at, symbol)) return std::nullopt;
      std::uint64_t text = names.sh_offset + symbol.st_name;
      if (text < bytes->size() && bytes->compare(text, name.size() + 1, std::string(name) + '\0') == 0)
        return symbol.st_value;
    }
  }
  return std::nullopt;
}

}  // namespace faasc
