#include "compiler/cache/packed_tree.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>

#include <fcntl.h>

#include "base/codes.h"
#include "base/file.h"

// The file is
//
//   faasc.tree/1\n
//   <entry>*
//   e 0 0\n
//
// with
//
//   entry ::= <kind> SPACE <bytes of path> SPACE <bytes of content> \n <path> <content>
//   kind  ::= d   a directory, without content; before what is in it
//           | f   a file
//           | x   a file that may be run
//
// Numbers are decimal. Paths are relative to the directory, with "/" between names.

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kHeader = "faasc.tree/1\n", kEnd = "e 0 0\n";
constexpr std::size_t kMostPathBytes = 4096, kMostLineBytes = 64;

Error not_packed(const fs::path& path) {
  return Error{.fault = Fault::Io,
               .code = kCannotAccessFile,
               .what = "'" + path.string() + "' is neither a directory nor a file",
               .during = {},
               .hint = {}};
}

struct Entry {
  std::string path;  // relative
  char kind = 'f';
  std::uint64_t size_bytes = 0;
};

Result<std::vector<Entry>> entries_of(const fs::path& directory) {
  std::vector<Entry> entries;
  std::error_code error;
  fs::recursive_directory_iterator entry(directory, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    struct stat status{};
    if (::lstat(entry->path().c_str(), &status) != 0) return io_error("look at", entry->path(), errno);
    const bool is_directory = S_ISDIR(status.st_mode);
    if (!is_directory && !S_ISREG(status.st_mode)) return not_packed(entry->path());
    entries.push_back({.path = entry->path().lexically_relative(directory).string(),
                       .kind = is_directory                   ? 'd'
                               : (status.st_mode & 0100) != 0 ? 'x'
                                                              : 'f',
                       .size_bytes = is_directory ? 0 : static_cast<std::uint64_t>(status.st_size)});
  }
  if (error) return io_error("look through", directory, error.value());
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.path < b.path; });
  return entries;
}

// Exactly `size` bytes from one file's position to the other's; false where the first ends sooner.
Result<bool> copy(const Fd& from, const fs::path& from_path, std::uint64_t size, const Fd& to,
                  const fs::path& to_path) {
  std::vector<char> buffer(std::min<std::uint64_t>(size, 1 << 18));
  while (size > 0) {
    FAASC_TRY(std::size_t count,
              read_some(from, buffer.data(), std::min<std::uint64_t>(size, buffer.size()), from_path));
    if (count == 0) return false;
    FAASC_CHECK(write_all(to, {buffer.data(), count}, to_path));
    size -= count;
  }
  return true;
}

// A path that stays where it begins, and is written in one way only.
bool is_plain(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  for (;;) {
    const std::string_view name = path.substr(0, path.find('/'));
    if (name.empty() || name == "." || name == "..") return false;
    if (name.size() == path.size()) return true;
    path.remove_prefix(name.size() + 1);
  }
}

class Unpacking {
 public:
  Unpacking(const Fd& from, const fs::path& file, const fs::path& directory)
      : from_(from), file_(file), directory_(directory) {}

  Result<bool> run() {
    if (take(kHeader.size()) != kHeader) return false;
    if (::mkdir(directory_.c_str(), 0755) != 0) return io_error("create", directory_, errno);
    std::string before;
    for (;;) {
      std::optional<Entry> entry = next();
      if (!entry) return false;
      if (entry->kind == 'e') return is_at_end();
      // In order, each once; nothing below a file, which has no directory of that name.
      if (!is_plain(entry->path) || entry->path <= before) return false;
      FAASC_TRY(bool made, make(*entry));
      if (!made) return false;
      before = std::move(entry->path);
    }
  }

 private:
  // So many bytes; fewer at the end, or where they cannot be read.
  std::string take(std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < size) {
      auto count = read_some(from_, bytes.data() + have, size - have, file_);
      if (!count || *count == 0) break;
      have += *count;
    }
    bytes.resize(have);
    return bytes;
  }

  bool is_at_end() { return take(1).empty(); }

  std::optional<Entry> next() {
    std::string line;
    for (std::string byte; line.size() < kMostLineBytes; line += byte) {
      byte = take(1);
      if (byte.empty()) return std::nullopt;
      if (byte == "\n") break;
    }
    Entry entry;
    std::size_t path_bytes = 0;
    if (line.size() < 5 || line[1] != ' ') return std::nullopt;
    entry.kind = line[0];
    const char* end = line.data() + line.size();
    auto [path_end, path_error] = std::from_chars(line.data() + 2, end, path_bytes);
    if (path_error != std::errc() || path_end == end || *path_end != ' ') return std::nullopt;
    auto [size_end, size_error] = std::from_chars(path_end + 1, end, entry.size_bytes);
    if (size_error != std::errc() || size_end != end) return std::nullopt;
    if (std::string_view("dfxe").find(entry.kind) == std::string_view::npos) return std::nullopt;
    if ((entry.kind == 'd' || entry.kind == 'e') && entry.size_bytes > 0) return std::nullopt;
    if (path_bytes > kMostPathBytes) return std::nullopt;
    entry.path = take(path_bytes);
    if (entry.path.size() != path_bytes) return std::nullopt;
    return entry;
  }

  Result<bool> make(const Entry& entry) {
    const fs::path place = directory_ / entry.path;
    // What has no directory before it, or lies in a file, is not how such a file is written.
    auto strange = [](int error) { return error == ENOENT || error == ENOTDIR || error == EEXIST; };
    if (entry.kind == 'd') {
      if (::mkdir(place.c_str(), 0755) == 0) return true;
      if (strange(errno)) return false;
      return io_error("create", place, errno);
    }
    const mode_t mode = entry.kind == 'x' ? 0755 : 0644;
    Fd to(::open(place.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!to && strange(errno)) return false;
    if (!to) return io_error("create", place, errno);
    return copy(from_, file_, entry.size_bytes, to, place);
  }

  const Fd& from_;
  const fs::path &file_, &directory_;
};

}  // namespace

Result<void> pack_tree(const fs::path& directory, const fs::path& file) {
  FAASC_TRY(std::vector<Entry> entries, entries_of(directory));
  FAASC_TRY(AtomicFile out, AtomicFile::create(file));
  FAASC_CHECK(out.write(kHeader));
  for (const Entry& entry : entries) {
    FAASC_CHECK(out.write(std::string(1, entry.kind) + " " + std::to_string(entry.path.size()) + " " +
                          std::to_string(entry.size_bytes) + "\n" + entry.path));
    if (entry.kind == 'd') continue;
    const fs::path from_path = directory / entry.path;
    FAASC_TRY(Fd from, open_for_reading(from_path));
    FAASC_TRY(bool whole, copy(from, from_path, entry.size_bytes, out.fd(), file));
    if (!whole) return io_error("read", from_path, EIO);
  }
  FAASC_CHECK(out.write(kEnd));
  return std::move(out).commit();
}

Result<bool> unpack_tree(const fs::path& file, const fs::path& directory) {
  auto from = open_for_reading(file);
  if (!from) return false;
  return Unpacking(*from, file, directory).run();
}

}  // namespace faasc
