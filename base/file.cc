#include "base/file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <sys/file.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/codes.h"

namespace faasc {
namespace fs = std::filesystem;

void Fd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Error io_error(std::string_view doing, const fs::path& path, int error_number) {
  Error error{Fault::Io,
              kCannotAccessFile,
              "cannot " + std::string(doing) + " '" + path.string() + "': " + std::strerror(error_number),
              {},
              {}};
  if (error_number == ENOSPC || error_number == EDQUOT) {
    error.code = kDiskFull;
    error.hint = "free some space on the file system that holds '" + path.parent_path().string() +
                 "', or write elsewhere";
  } else if (error_number == EFBIG) {
    error.hint = "raise the limit on file sizes (ulimit -f)";
  }
  return error;
}

bool says_disk_is_full(std::string_view message) {
  for (int error : {ENOSPC, EDQUOT, EFBIG})
    if (message.find(std::strerror(error)) != std::string_view::npos) return true;
  return false;
}

Result<Fd> open_for_reading(const fs::path& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return io_error("open", path, errno);
  return fd;
}

Result<std::size_t> read_some(const Fd& fd, char* buffer, std::size_t size, const fs::path& path) {
  for (;;) {
    ssize_t count = ::read(fd.get(), buffer, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return io_error("read", path, errno);
  }
}

Result<void> read_exactly_at(const Fd& fd, char* buffer, std::size_t size, std::uint64_t offset,
                             const fs::path& path) {
  while (size > 0) {
    ssize_t count = ::pread(fd.get(), buffer, size, static_cast<off_t>(offset));
    if (count < 0) {
      if (errno == EINTR) continue;
      return io_error("read", path, errno);
    }
    if (count == 0)
      return Error{Fault::Input,
                   kFileTooShort,
                   "'" + path.string() + "' ends at byte " + std::to_string(offset) + ", " +
                       std::to_string(size) + " bytes too soon",
                   {},
                   {}};
    buffer += count;
    size -= static_cast<std::size_t>(count);
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<void> write_all(const Fd& fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    ssize_t count = ::write(fd.get(), bytes.data(), bytes.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return io_error("write", path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> write_all_at(const Fd& fd, std::string_view bytes, std::uint64_t offset, const fs::path& path) {
  while (!bytes.empty()) {
    ssize_t count = ::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0) {
      if (errno == EINTR) continue;
      return io_error("write", path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<std::string> read_file(const fs::path& path, std::uint64_t limit) {
  FAASC_TRY(Fd fd, open_for_reading(path));
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return io_error("stat", path, errno);
  if (S_ISDIR(status.st_mode)) return io_error("read", path, EISDIR);
  std::string bytes;
  // The size is a guess: files under /proc say 0, and a file may grow while it is read.
  std::size_t room = static_cast<std::size_t>(status.st_size) + 1;
  for (;;) {
    std::size_t used = bytes.size();
    bytes.resize(used + room);
    FAASC_TRY(std::size_t count, read_some(fd, bytes.data() + used, room, path));
    bytes.resize(used + count);
    if (bytes.size() > limit)
      return Error{
          Fault::Input,
          kFileTooLarge,
          "'" + path.string() + "' is larger than the " + std::to_string(limit) + " bytes allowed here",
          {},
          {}};
    if (count == 0) return bytes;
    room = 64 * 1024;
  }
}

Result<void> make_directories(const fs::path& path) {
  std::error_code error;
  if (path.empty()) return {};
  fs::create_directories(path, error);
  // create_directories() reports success for an existing path of any kind.
  if (!error && !fs::is_directory(path)) return io_error("create directory", path, ENOTDIR);
  if (error) return io_error("create directory", path, error.value());
  return {};
}

namespace {

fs::path parent_of(const fs::path& path) {
  fs::path parent = path.parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

}  // namespace

Result<AtomicFile> AtomicFile::create(const fs::path& path, unsigned mode) {
  fs::path parent = parent_of(path);
  FAASC_CHECK(make_directories(parent));
  Fd fd(::open(parent.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, static_cast<mode_t>(mode)));
  if (fd) return AtomicFile(std::move(fd), path, {});
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT) return io_error("create", path, errno);
  std::string name = (parent / ("." + path.filename().string() + ".XXXXXX")).string();
  fd.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) return io_error("create", path, errno);
  if (::fchmod(fd.get(), static_cast<mode_t>(mode)) != 0) return io_error("set the mode of", path, errno);
  return AtomicFile(std::move(fd), path, name);
}

AtomicFile::~AtomicFile() {
  if (fd_ && !temporary_.empty()) ::unlink(temporary_.c_str());
}

fs::path AtomicFile::working_path() const {
  return temporary_.empty() ? fs::path("/proc/self/fd/" + std::to_string(fd_.get())) : temporary_;
}

Result<void> AtomicFile::commit(Durability durability) && {
  if (durability == Durability::Fsync && ::fsync(fd_.get()) != 0) return io_error("write", path_, errno);
  if (temporary_.empty()) {
    // linkat() cannot replace a file, so the file gets a hidden name for the moment before the rename.
    fs::path source = working_path();
    for (int attempt = 0; attempt < 100; ++attempt) {
      fs::path name = parent_of(path_) / ("." + path_.filename().string() + "." + std::to_string(::getpid()) +
                                          "." + std::to_string(attempt));
      if (::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
        temporary_ = name;
        break;
      }
      if (errno != EEXIST) return io_error("create", path_, errno);
    }
    if (temporary_.empty()) return io_error("create", path_, EEXIST);
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return io_error("rename a file to", path_, errno);
  temporary_.clear();
  // NFS and quotas report a failed write-back only here.
  if (::close(fd_.release()) != 0) return io_error("write", path_, errno);
  return {};
}

Result<void> write_file(const fs::path& path, std::string_view bytes, unsigned mode) {
  FAASC_TRY(AtomicFile file, AtomicFile::create(path, mode));
  FAASC_CHECK(file.write(bytes));
  return std::move(file).commit();
}

Result<bool> write_file_if_changed(const fs::path& path, std::string_view bytes, unsigned mode) {
  std::error_code error;
  if (fs::file_size(path, error) == bytes.size() && !error) {
    auto present = read_file(path);
    if (present && *present == bytes) return false;
  }
  FAASC_CHECK(write_file(path, bytes, mode));
  return true;
}

Result<FileLock> FileLock::acquire(const fs::path& path) {
  FAASC_CHECK(make_directories(parent_of(path)));
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!fd) return io_error("open", path, errno);
  while (::flock(fd.get(), LOCK_EX) != 0)
    if (errno != EINTR) return io_error("lock", path, errno);
  return FileLock(std::move(fd));
}

Result<TemporaryDirectory> TemporaryDirectory::create(const fs::path& parent, std::string_view prefix) {
  FAASC_CHECK(make_directories(parent));
  std::string name = (parent / (std::string(prefix) + "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) return io_error("create a directory in", parent, errno);
  return TemporaryDirectory(name);
}

TemporaryDirectory::~TemporaryDirectory() {
  if (path_.empty()) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace faasc
