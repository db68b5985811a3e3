#include "packager/disk/exec_chain.h"

#include <algorithm>
#include <cstring>

#include <elf.h>

#include "base/file.h"
#include "packager/disk/codes.h"

namespace faasc {
namespace {

constexpr int kMaxLinks = 40;             // as Linux has it
constexpr int kMaxInterpreters = 5;       // as Linux has it
constexpr std::size_t kScriptLine = 256;  // likewise
constexpr std::size_t kMaxSegments = 128;

/// Bytes of a file of the tree, wherever it is stored; fewer than `size` where it ends.
Result<std::string> bytes_of(const RootfsNode& node, std::uint64_t offset, std::size_t size) {
  if (const auto* inline_bytes = std::get_if<InlineBytes>(&node.content))
    return offset < inline_bytes->bytes.size() ? inline_bytes->bytes.substr(offset, size) : std::string();
  if (const auto* stored = std::get_if<StoredFile>(&node.content))
    return stored->tree->read_at(*stored->entry, offset, size);
  const auto& path = std::get<HostFile>(node.content).path;
  FAASC_TRY(Fd fd, open_for_reading(path));
  std::error_code error;
  std::uint64_t file_size = std::filesystem::file_size(path, error);
  if (error) return io_error("read", path, error.value());
  std::string bytes(offset < file_size ? std::min<std::uint64_t>(size, file_size - offset) : 0, '\0');
  FAASC_CHECK(read_exactly_at(fd, bytes.data(), bytes.size(), offset, path));
  return bytes;
}

/// What the file's start names as its interpreter; empty where it needs none.
Result<std::string> interpreter_of(const RootfsNode& node) {
  auto read = bytes_of(node, 0, std::max(kScriptLine, sizeof(Elf64_Ehdr)));
  if (!read) return std::move(read).error();
  const std::string& start = *read;
  if (start.starts_with("#!")) {
    std::string line = start.substr(2, start.find('\n') - 2);
    std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string::npos) return std::string();
    return line.substr(first, line.find_first_of(" \t", first) - first);
  }
  Elf64_Ehdr header;
  if (start.size() < sizeof header || !start.starts_with(ELFMAG)) return std::string();
  std::memcpy(&header, start.data(), sizeof header);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_phentsize != sizeof(Elf64_Phdr) ||
      header.e_phnum > kMaxSegments)
    return std::string();
  FAASC_TRY(std::string table, bytes_of(node, header.e_phoff, header.e_phnum * sizeof(Elf64_Phdr)));
  for (std::size_t at = 0; at + sizeof(Elf64_Phdr) <= table.size(); at += sizeof(Elf64_Phdr)) {
    Elf64_Phdr segment;
    std::memcpy(&segment, table.data() + at, sizeof segment);
    if (segment.p_type != PT_INTERP || segment.p_filesz > 4096) continue;
    FAASC_TRY(std::string path, bytes_of(node, segment.p_offset, segment.p_filesz));
    return path.substr(0, path.find('\0'));
  }
  return std::string();
}

}  // namespace

const std::pair<const std::string, RootfsNode>* resolve(const Rootfs& rootfs, std::string_view path) {
  std::string left(path), at;  // `at` has no links in it; empty is the root
  const std::pair<const std::string, RootfsNode>* node = nullptr;
  for (int links = 0; !left.empty();) {
    std::size_t slash = left.find('/');
    std::string name = left.substr(0, slash);
    left.erase(0, slash == std::string::npos ? std::string::npos : slash + 1);
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      at.erase(at.empty() ? 0 : at.rfind('/'));
      continue;
    }
    std::string next = at + "/" + name;
    auto found = rootfs.nodes().find(next);
    if (found == rootfs.nodes().end()) return nullptr;
    if (const auto* link = std::get_if<Symlink>(&found->second.content)) {
      if (++links > kMaxLinks) return nullptr;
      if (link->target.starts_with('/')) at.clear();
      left = left.empty() ? link->target : link->target + "/" + left;
    } else {
      at = std::move(next);
    }
  }
  if (at.empty()) return nullptr;
  if (auto found = rootfs.nodes().find(at); found != rootfs.nodes().end()) node = &*found;
  return node;
}

Result<std::vector<std::string>> exec_chain(const Rootfs& rootfs, const std::string& executable) {
  std::vector<std::string> chain;
  for (std::string path = executable; !path.empty();) {
    const auto* found = resolve(rootfs, path);
    if (!found || !is_file(found->second)) {
      if (chain.empty())
        return Error{Fault::Input,
                     kDiskNoExecutable,
                     "the program '" + executable + "' is not a file of the image",
                     {},
                     {}};
      return Error{Fault::Input,
                   kDiskNoInterpreter,
                   "'" + chain.back() + "' is run by '" + path + "', which is not a file of the image",
                   {},
                   {}};
    }
    chain.push_back(found->first);
    if (chain.size() > kMaxInterpreters)
      return Error{Fault::Input,
                   kDiskNoInterpreter,
                   "the program '" + executable + "' has interpreters without end",
                   {},
                   {}};
    FAASC_TRY(path, interpreter_of(rootfs.behind(found->second)));
  }
  return chain;
}

}  // namespace faasc
