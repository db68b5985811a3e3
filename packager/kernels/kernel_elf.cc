#include "packager/kernels/kernel_elf.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string_view>

#include <elf.h>

#include "base/file.h"
#include "packager/kernels/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMaxKernelBytes = 512 << 20;
constexpr std::uint64_t kMaxKlibBytes = 64 << 20;
constexpr std::uint32_t kPvhEntryNote = 18;  // XEN_ELFNOTE_PHYS32_ENTRY
constexpr std::size_t kCommitDigits = 40;

std::string machine_name(std::uint16_t machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86_64";
    case EM_386:
      return "i386";
    case EM_AARCH64:
      return "aarch64";
    case EM_RISCV:
      return "riscv";
    default:
      return "ELF machine " + std::to_string(machine);
  }
}

/// A little-endian ELF64 file for x86-64 or aarch64. Whatever its tables point at is checked against the
/// file's size on access.
class Elf {
 public:
  /// Where the bytes are none, the reason: "it is for riscv where x86_64 or aarch64 is needed".
  static std::optional<std::string> problem_of(std::string_view bytes) {
    Elf64_Ehdr header;
    if (bytes.size() < sizeof header || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0)
      return "it is not an ELF file";
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.e_ident[EI_DATA] != ELFDATA2LSB) return "it is big-endian";
    if (header.e_machine != EM_X86_64 && header.e_machine != EM_AARCH64)
      return "it is for " + machine_name(header.e_machine) + " where x86_64 or aarch64 is needed";
    if (header.e_ident[EI_CLASS] != ELFCLASS64) return "it is a 32-bit ELF file where a 64-bit one is needed";
    Elf elf(bytes);
    if (!elf.range(header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr)) ||
        !elf.range(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr)))
      return "it ends before its ELF headers do";
    for (const Elf64_Phdr& segment : elf.segments())
      if (segment.p_type == PT_LOAD && !elf.range(segment.p_offset, segment.p_filesz))
        return "it ends before its last segment does";
    return std::nullopt;
  }

  explicit Elf(std::string_view bytes) : bytes_(bytes) {
    std::memcpy(&header_, bytes.data(), sizeof header_);
  }

  std::uint16_t type() const { return header_.e_type; }
  std::uint16_t machine() const { return header_.e_machine; }
  std::vector<Elf64_Phdr> segments() const { return table<Elf64_Phdr>(header_.e_phoff, header_.e_phnum); }
  std::vector<Elf64_Shdr> sections() const { return table<Elf64_Shdr>(header_.e_shoff, header_.e_shnum); }

  std::optional<std::string_view> range(std::uint64_t offset, std::uint64_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) return std::nullopt;
    return bytes_.substr(offset, size);
  }

  bool has_note(std::string_view name, std::uint32_t type) const {
    for (const Elf64_Phdr& segment : segments()) {
      if (segment.p_type != PT_NOTE) continue;
      std::string_view notes = range(segment.p_offset, segment.p_filesz).value_or(std::string_view());
      while (notes.size() >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        std::memcpy(&note, notes.data(), sizeof note);
        notes.remove_prefix(sizeof note);
        // The name counts its NUL; name and contents are padded to 4 bytes.
        std::uint64_t name_size = (std::uint64_t{note.n_namesz} + 3) & ~std::uint64_t{3};
        std::uint64_t contents_size = (std::uint64_t{note.n_descsz} + 3) & ~std::uint64_t{3};
        if (name_size > notes.size()) break;
        if (note.n_type == type && note.n_namesz == name.size() + 1 && notes.starts_with(name)) return true;
        notes.remove_prefix(std::min<std::uint64_t>(name_size + contents_size, notes.size()));
      }
    }
    return false;
  }

  bool has_section(std::string_view name) const {
    std::vector<Elf64_Shdr> all = sections();
    if (header_.e_shstrndx >= all.size()) return false;
    const Elf64_Shdr& table = all[header_.e_shstrndx];
    std::string_view names = range(table.sh_offset, table.sh_size).value_or(std::string_view());
    return std::any_of(all.begin(), all.end(), [&](const Elf64_Shdr& section) {
      if (section.sh_name >= names.size()) return false;
      std::string_view own = names.substr(section.sh_name);
      return own.substr(0, own.find('\0')) == name;
    });
  }

  void each_symbol(std::uint32_t table_type,
                   const std::function<void(std::string_view name, const Elf64_Sym& symbol)>& visit) const {
    std::vector<Elf64_Shdr> all = sections();
    for (const Elf64_Shdr& section : all) {
      if (section.sh_type != table_type || section.sh_link >= all.size()) continue;
      std::string_view names =
          range(all[section.sh_link].sh_offset, all[section.sh_link].sh_size).value_or(std::string_view());
      for (const Elf64_Sym& symbol :
           table<Elf64_Sym>(section.sh_offset, section.sh_size / sizeof(Elf64_Sym))) {
        if (symbol.st_name == 0 || symbol.st_name >= names.size()) continue;
        std::string_view name = names.substr(symbol.st_name);
        visit(name.substr(0, name.find('\0')), symbol);
      }
    }
  }

  /// The file's bytes for a range of virtual addresses.
  std::optional<std::string_view> at_address(std::uint64_t address, std::uint64_t size) const {
    for (const Elf64_Phdr& segment : segments())
      if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
          address - segment.p_vaddr <= segment.p_filesz &&
          size <= segment.p_filesz - (address - segment.p_vaddr))
        return range(segment.p_offset + (address - segment.p_vaddr), size);
    return std::nullopt;
  }

 private:
  template <typename T>
  std::vector<T> table(std::uint64_t offset, std::uint64_t count) const {
    if (count > bytes_.size() / sizeof(T)) return {};
    auto bytes = range(offset, count * sizeof(T));
    if (!bytes) return {};
    std::vector<T> rows(count);
    if (count > 0) std::memcpy(rows.data(), bytes->data(), bytes->size());
    return rows;
  }

  std::string_view bytes_;
  Elf64_Ehdr header_;
};

/// `gitversion`, which Nanos' build defines as { u64 length; const char* text }.
std::string commit_of(const Elf& elf, const Elf64_Sym& symbol) {
  auto fields = elf.at_address(symbol.st_value, 16);
  if (!fields) return {};
  std::uint64_t length, address;
  std::memcpy(&length, fields->data(), 8);
  std::memcpy(&address, fields->data() + 8, 8);
  if (length != kCommitDigits) return {};
  std::string_view text = elf.at_address(address, length).value_or(std::string_view());
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos ? std::string(text)
                                                                              : std::string();
}

/// The release in a banner, "Linux version 6.1.0-44-cloud-amd64 (…".
std::string linux_release(std::string_view bytes) {
  constexpr std::string_view kBanner = "Linux version ";
  for (std::size_t at = bytes.find(kBanner); at != std::string_view::npos; at = bytes.find(kBanner, at + 1)) {
    std::string_view rest = bytes.substr(at + kBanner.size(), 128);
    if (!rest.empty() && rest[0] >= '1' && rest[0] <= '9') return std::string(rest.substr(0, rest.find(' ')));
  }
  return {};
}

Error bad_image(std::string_view shown, const std::string& why, std::string hint) {
  return Error{Fault::Input,
               kBadKernelImage,
               "'" + std::string(shown) + "' is not a kernel faasc can use: " + why,
               {},
               std::move(hint)};
}

Error bad_klib(std::string_view shown, const std::string& why) {
  return Error{Fault::Input,
               kBadKlib,
               "'" + std::string(shown) + "' is not a kernel library of Nanos: " + why,
               {},
               "take klibs/ from the same release as kernel.img, or leave it out"};
}

}  // namespace

Result<KernelElf> read_kernel_elf(const fs::path& path, std::string_view shown) {
  if (shown.empty()) shown = path.native();
  constexpr const char* kWhatIsNeeded = "give the kernel.img of a Nanos release, or a Linux vmlinux";
  FAASC_TRY(std::string bytes, read_file(path, kMaxKernelBytes));
  if (auto problem = Elf::problem_of(bytes)) {
    std::string_view view = bytes;
    if (view.size() > 0x206 && view.substr(0x202, 4) == "HdrS")
      return bad_image(shown, "it is a compressed Linux kernel (bzImage)",
                       "give the uncompressed vmlinux, or run `faasc kernel pull linux`");
    if (view.size() >= 512 && view.substr(510, 2) == "\x55\xaa")
      return bad_image(shown, "it is a boot sector, as boot.img has", kWhatIsNeeded);
    return bad_image(shown, *problem, kWhatIsNeeded);
  }
  Elf elf(bytes);
  bool pc = elf.machine() == EM_X86_64;
  if (pc && !elf.has_note("Xen", kPvhEntryNote))
    return bad_image(shown, "it has no PVH entry point (an ELF note 'Xen' of type 18)", kWhatIsNeeded);

  KernelElf kernel;
  kernel.architecture = machine_name(elf.machine());
  elf.each_symbol(SHT_SYMTAB, [&](std::string_view name, const Elf64_Sym& symbol) {
    if (symbol.st_shndx == SHN_UNDEF) return;
    if (name == "gitversion") kernel.commit = commit_of(elf, symbol);
    // Left out by the linker where nothing calls it, that is but of `make MEMDEBUG=…` and `make TRACELOG=…`.
    if (name.starts_with("mem_debug_")) kernel.debug = "it checks each piece of its memory (MEMDEBUG)";
    if (name == "init_tracelog") kernel.debug = "it keeps a log of calls (TRACELOG)";
    kernel.symbols.emplace(name);
  });
  if (elf.has_section(".debug_info")) kernel.debug = "it has debug information";
  if (!kernel.commit.empty()) return kernel;
  kernel.release = linux_release(bytes);
  if (!kernel.release.empty() && !pc)
    return bad_image(shown, "it is Linux for " + kernel.architecture + ", and images of Linux are for x86_64",
                     kWhatIsNeeded);
  if (!kernel.release.empty()) {
    kernel.family = KernelFamily::Linux;
    kernel.symbols.clear();
    kernel.debug.clear();
  } else if (path.filename() != "kernel.img") {
    // A stripped Nanos says nothing of itself.
    return bad_image(shown, "it is neither Nanos nor Linux", kWhatIsNeeded);
  }
  return kernel;
}

Result<KlibSymbols> read_klib(const fs::path& path, std::string_view shown) {
  if (shown.empty()) shown = path.native();
  FAASC_TRY(std::string bytes, read_file(path, kMaxKlibBytes));
  if (auto problem = Elf::problem_of(bytes)) return bad_klib(shown, *problem);
  Elf elf(bytes);
  if (elf.type() != ET_DYN) return bad_klib(shown, "it is not a shared object");
  KlibSymbols klib;
  klib.name = path.filename().string();
  klib.architecture = machine_name(elf.machine());
  elf.each_symbol(SHT_DYNSYM, [&](std::string_view name, const Elf64_Sym& symbol) {
    bool weak = ELF64_ST_BIND(symbol.st_info) == STB_WEAK;
    if (symbol.st_shndx != SHN_UNDEF) {
      klib.exported.emplace_back(name);
    } else if (!weak) {
      klib.needed.emplace_back(name);
    }
  });
  return klib;
}

std::optional<std::string> without_symbols(std::string_view kernel) {
  if (Elf::problem_of(kernel)) return std::nullopt;
  Elf elf(kernel);
  Elf64_Ehdr header;
  std::memcpy(&header, kernel.data(), sizeof header);
  std::uint64_t end = std::max<std::uint64_t>(
      sizeof header, header.e_phoff + std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr));
  for (const Elf64_Phdr& segment : elf.segments()) {
    if (!elf.range(segment.p_offset, segment.p_filesz)) return std::nullopt;
    end = std::max(end, segment.p_offset + segment.p_filesz);
  }

  // What is loaded, and then: names of sections, one symbol that is none, four sections.
  constexpr std::string_view kNames("\0.symtab\0.strtab\0.shstrtab\0", 28);
  std::string lean(kernel.substr(0, end));
  auto append = [&](std::string_view bytes) {
    lean.resize((lean.size() + 7) / 8 * 8);
    std::uint64_t at = lean.size();
    lean += bytes;
    return at;
  };
  const std::uint64_t names = append(kNames);
  const std::uint64_t symbols = append(std::string(sizeof(Elf64_Sym), '\0'));
  Elf64_Shdr sections[4] = {};
  sections[1] = {.sh_name = 1,
                 .sh_type = SHT_SYMTAB,
                 .sh_offset = symbols,
                 .sh_size = sizeof(Elf64_Sym),
                 .sh_link = 2,
                 .sh_info = 1,
                 .sh_addralign = 8,
                 .sh_entsize = sizeof(Elf64_Sym)};
  // The first byte of the names ends the only name there is.
  sections[2] = {.sh_name = 9, .sh_type = SHT_STRTAB, .sh_offset = names, .sh_size = 1, .sh_addralign = 1};
  sections[3] = {
      .sh_name = 17, .sh_type = SHT_STRTAB, .sh_offset = names, .sh_size = kNames.size(), .sh_addralign = 1};
  header.e_shoff = append({reinterpret_cast<const char*>(sections), sizeof sections});
  header.e_shnum = 4;
  header.e_shstrndx = 3;
  header.e_shentsize = sizeof(Elf64_Shdr);
  std::memcpy(lean.data(), &header, sizeof header);
  if (lean.size() >= kernel.size()) return std::nullopt;
  return lean;
}

}  // namespace faasc
