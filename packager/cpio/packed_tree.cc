#include "packager/cpio/packed_tree.h"

#include <cerrno>
#include <cstdint>
#include <set>
#include <string>

#include <sys/stat.h>

#include <fcntl.h>

#include "base/byte_source.h"
#include "base/codes.h"
#include "base/file.h"
#include "packager/cpio/cpio_reader.h"
#include "packager/cpio/cpio_writer.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMostBytes = UINT32_MAX;  // of a file; the format has 32 bits for it

Error not_packed(const fs::path& path, std::string_view what) {
  return Error{.fault = Fault::Io,
               .code = kCannotAccessFile,
               .what = "'" + path.string() + "' " + std::string(what),
               .during = {},
               .hint = {}};
}

// Every directory comes before what it holds.
Result<std::set<std::string>> paths_in(const fs::path& directory) {
  std::set<std::string> paths;
  std::error_code error;
  fs::recursive_directory_iterator entry(directory, error), end;
  for (; !error && entry != end; entry.increment(error))
    paths.insert(entry->path().lexically_relative(directory).string());
  if (error) return io_error("look through", directory, error.value());
  return paths;
}

Result<void> unpack_file(const CpioReader& archive, const StoredEntry& entry, const fs::path& place) {
  const mode_t mode = (*entry.mode & 0100) != 0 ? 0755 : 0644;
  Fd to(::open(place.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!to) return io_error("create", place, errno);
  return archive.read(entry, [&](std::string_view bytes) { return write_all(to, bytes, place); });
}

}  // namespace

Result<void> pack_tree(const fs::path& directory, const fs::path& file) {
  FAASC_TRY(std::set<std::string> paths, paths_in(directory));
  FAASC_TRY(AtomicFile out, AtomicFile::create(file));
  CpioWriter archive;
  for (const std::string& path : paths) {
    const fs::path from = directory / path;
    struct stat status{};
    if (::lstat(from.c_str(), &status) != 0) return io_error("look at", from, errno);
    if (S_ISDIR(status.st_mode)) {
      archive.add_directory(path);
    } else if (S_ISREG(status.st_mode)) {
      FAASC_TRY(std::string bytes, read_file(from, kMostBytes));
      archive.add_file(path, bytes, (status.st_mode & 0100) != 0 ? 0755 : 0644);
    } else {
      return not_packed(from, "is neither a directory nor a file");
    }
    FAASC_CHECK(out.write(archive.take()));
  }
  FAASC_CHECK(out.write(std::move(archive).finish()));
  return std::move(out).commit();
}

Result<bool> unpack_tree(const fs::path& file, const fs::path& directory) {
  auto source = open_byte_source(file);
  if (!source || !is_cpio(**source)) return false;
  auto archive = CpioReader::open(*source);
  if (!archive || !archive->problems().empty()) return false;
  if (::mkdir(directory.c_str(), 0755) != 0) return io_error("create", directory, errno);
  for (const StoredEntry& entry : archive->entries()) {
    const fs::path place = directory / fs::path(entry.path).relative_path();
    if (entry.kind == StoredEntry::Kind::Directory) {
      if (::mkdir(place.c_str(), 0755) != 0) return io_error("create", place, errno);
    } else if (entry.kind == StoredEntry::Kind::File) {
      FAASC_CHECK(unpack_file(*archive, entry, place));
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace faasc
