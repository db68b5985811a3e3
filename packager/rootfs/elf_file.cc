#include "packager/rootfs/elf_file.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include <sys/stat.h>

#include <elf.h>

#include "base/file.h"
#include "packager/rootfs/codes.h"

namespace faasc {
namespace {

// Far beyond what linkers make: these bound how much a damaged file can have us read.
constexpr std::uint64_t kMaxDynamicBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kMaxStringBytes = std::uint64_t{1} << 26;
constexpr std::uint64_t kMaxInterpreterBytes = 4096;

class ElfReader {
 public:
  ElfReader(Fd fd, std::string path, std::uint64_t size)
      : fd_(std::move(fd)), path_(std::move(path)), size_(size) {}

  Result<ElfFile> read() {
    Elf64_Ehdr header;
    if (size_ < SELFMAG) return not_elf();
    FAASC_TRY(std::string magic, bytes_at(0, SELFMAG, "magic number"));
    if (std::memcmp(magic.data(), ELFMAG, SELFMAG) != 0) return not_elf();
    FAASC_TRY(std::string bytes, bytes_at(0, sizeof header, "header"));
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
      return Error{
          Fault::Input, kElfWrongKind, "'" + path_ + "' is not a 64-bit little-endian ELF file", {}, {}};
    if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
      return Error{Fault::Input,
                   kElfWrongKind,
                   "'" + path_ + "' is neither a program nor a shared library (ELF type " +
                       std::to_string(header.e_type) + ")",
                   {},
                   {}};
    if (header.e_phentsize != sizeof(Elf64_Phdr)) return damaged("program headers of an unknown size");
    file_.machine = header.e_machine;
    file_.has_entry = header.e_entry != 0;
    file_.entry = header.e_entry;
    file_.position_independent = header.e_type == ET_DYN;
    FAASC_TRY(std::string table, bytes_at(header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Elf64_Phdr),
                                          "table of program headers"));
    segments_.resize(header.e_phnum);
    if (!table.empty()) std::memcpy(segments_.data(), table.data(), table.size());
    for (const Elf64_Phdr& segment : segments_) {
      // Segments are in the order of their addresses.
      if (segment.p_type == PT_LOAD && header.e_type == ET_EXEC && file_.fixed_address == 0)
        file_.fixed_address = segment.p_vaddr;
      if (segment.p_type == PT_LOAD && header.e_entry >= segment.p_vaddr &&
          header.e_entry - segment.p_vaddr < segment.p_filesz)
        file_.entry_offset = header.e_entry - segment.p_vaddr + segment.p_offset;
      if (segment.p_type == PT_INTERP) FAASC_CHECK(read_interpreter(segment));
      if (segment.p_type == PT_DYNAMIC) file_.dynamic = segment.p_vaddr;
      if (segment.p_type == PT_DYNAMIC) FAASC_CHECK(read_dynamic(segment));
    }
    return std::move(file_);
  }

 private:
  Error not_elf() const { return {Fault::Input, kNotElf, "'" + path_ + "' is not an ELF file", {}, {}}; }
  Error damaged(const std::string& what) const {
    return {Fault::Input, kElfDamaged, "'" + path_ + "' is a damaged ELF file: " + what, {}, {}};
  }

  Result<std::string> bytes_at(std::uint64_t offset, std::uint64_t size, const char* what) const {
    if (offset > size_ || size > size_ - offset) return damaged(std::string("its ") + what + " is cut off");
    std::string bytes(size, '\0');
    FAASC_CHECK(read_exactly_at(fd_, bytes.data(), bytes.size(), offset, path_));
    return bytes;
  }

  Result<void> read_interpreter(const Elf64_Phdr& segment) {
    if (segment.p_filesz > kMaxInterpreterBytes) return damaged("its interpreter has no proper name");
    FAASC_TRY(std::string name, bytes_at(segment.p_offset, segment.p_filesz, "interpreter's name"));
    file_.interpreter = name.substr(0, name.find('\0'));
    if (file_.interpreter.empty() || file_.interpreter[0] != '/')
      return damaged("its interpreter has no proper name");
    return {};
  }

  Result<std::uint64_t> file_offset_of(std::uint64_t address) const {
    for (const Elf64_Phdr& segment : segments_)
      if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
          address - segment.p_vaddr < segment.p_filesz)
        return segment.p_offset + (address - segment.p_vaddr);
    return damaged("its strings are in no segment");
  }

  Result<void> read_dynamic(const Elf64_Phdr& segment) {
    if (segment.p_filesz > kMaxDynamicBytes) return damaged("its dynamic section is too long");
    FAASC_TRY(std::string bytes, bytes_at(segment.p_offset, segment.p_filesz, "dynamic section"));
    std::vector<Elf64_Dyn> entries(bytes.size() / sizeof(Elf64_Dyn));
    if (!entries.empty()) std::memcpy(entries.data(), bytes.data(), entries.size() * sizeof(Elf64_Dyn));
    std::optional<std::uint64_t> table, table_size;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].d_tag == DT_NULL)
        entries.resize(i);
      else if (entries[i].d_tag == DT_STRTAB)
        table = entries[i].d_un.d_ptr;
      else if (entries[i].d_tag == DT_STRSZ)
        table_size = entries[i].d_un.d_val;
    }
    if (!table || !table_size) return {};  // names nothing
    if (*table_size > kMaxStringBytes) return damaged("its strings are too long");
    FAASC_TRY(std::uint64_t offset, file_offset_of(*table));
    FAASC_TRY(std::string strings, bytes_at(offset, *table_size, "table of strings"));

    using namespace std::string_view_literals;
    file_.ends_threads = strings.find("\0pthread_exit\0"sv) != std::string::npos ||
                         strings.find("\0pthread_cancel\0"sv) != std::string::npos;
    for (const Elf64_Dyn& entry : entries) {
      if (entry.d_tag != DT_NEEDED && entry.d_tag != DT_SONAME && entry.d_tag != DT_RPATH &&
          entry.d_tag != DT_RUNPATH)
        continue;
      std::size_t end =
          entry.d_un.d_val < strings.size() ? strings.find('\0', entry.d_un.d_val) : std::string::npos;
      if (end == std::string::npos) return damaged("a name lies beyond its strings");
      std::string text = strings.substr(entry.d_un.d_val, end - entry.d_un.d_val);
      if (entry.d_tag == DT_NEEDED)
        file_.needed.push_back(text);
      else if (entry.d_tag == DT_SONAME)
        file_.soname = text;
      else
        split(text, entry.d_tag == DT_RPATH ? file_.rpath : file_.runpath);
    }
    // Where they are defined they are not called.
    if (file_.soname.starts_with("libc.so") || file_.soname.starts_with("libpthread.so"))
      file_.ends_threads = false;
    if (!file_.runpath.empty()) file_.rpath.clear();
    return {};
  }

  static void split(std::string_view list, std::vector<std::string>& into) {
    while (!list.empty()) {
      std::size_t end = std::min(list.find(':'), list.size());
      if (end > 0) into.emplace_back(list.substr(0, end));
      list.remove_prefix(std::min(end + 1, list.size()));
    }
  }

  Fd fd_;
  std::string path_;
  std::uint64_t size_;
  ElfFile file_;
  std::vector<Elf64_Phdr> segments_;
};

}  // namespace

Result<ElfFile> read_elf_file(const std::string& path) {
  FAASC_TRY(Fd fd, open_for_reading(path));
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return io_error("read", path, errno);
  if (!S_ISREG(status.st_mode))
    return Error{Fault::Input, kNotElf, "'" + path + "' is not an ELF file", {}, {}};
  return ElfReader(std::move(fd), path, static_cast<std::uint64_t>(status.st_size)).read();
}

bool looks_like_elf(const std::string& path) {
  auto fd = open_for_reading(path);
  char magic[SELFMAG];
  return fd && read_exactly_at(*fd, magic, sizeof magic, 0, path) && std::memcmp(magic, ELFMAG, SELFMAG) == 0;
}

}  // namespace faasc
