#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace faasc {

/// Owns one file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

/// The error of a failed system call on `path`: "cannot open 'x': No such file or directory". ENOSPC, EDQUOT
/// and EFBIG get a hint that names the file system.
Error io_error(std::string_view doing, const std::filesystem::path& path, int error_number);

/// Whether another program's message says what ENOSPC, EDQUOT or EFBIG mean, in the C library's words.
bool says_disk_is_full(std::string_view message);

/// The way out then.
inline constexpr const char* kMakeRoom =
    "free some space where the build's output goes, or raise the limit on file sizes";

Result<Fd> open_for_reading(const std::filesystem::path& path);

/// Up to `size` bytes; 0 only at the end of the file. Retries when interrupted.
Result<std::size_t> read_some(const Fd& fd, char* buffer, std::size_t size,
                              const std::filesystem::path& path);

/// Exactly `size` bytes at `offset`; a file that ends sooner is an error.
Result<void> read_exactly_at(const Fd& fd, char* buffer, std::size_t size, std::uint64_t offset,
                             const std::filesystem::path& path);

/// All of `bytes`, at the descriptor's position.
Result<void> write_all(const Fd& fd, std::string_view bytes, const std::filesystem::path& path);

Result<void> write_all_at(const Fd& fd, std::string_view bytes, std::uint64_t offset,
                          const std::filesystem::path& path);

/// The whole file; refuses one of more than `limit` bytes.
Result<std::string> read_file(const std::filesystem::path& path,
                              std::uint64_t limit = std::uint64_t{1} << 30);

/// A file that appears whole or not at all. Until commit() it has no name where the file system allows that
/// (O_TMPFILE), so that even SIGKILL leaves nothing; elsewhere a hidden name in the same directory that the
/// destructor removes.
class AtomicFile {
 public:
  /// Missing parent directories are created.
  static Result<AtomicFile> create(const std::filesystem::path& path, unsigned mode = 0644);

  AtomicFile(AtomicFile&&) noexcept = default;
  AtomicFile& operator=(AtomicFile&&) noexcept = default;
  ~AtomicFile();

  const Fd& fd() const { return fd_; }
  /// Where the file will be.
  const std::filesystem::path& path() const { return path_; }
  /// A name under which a library that insists on one can open the file before it is committed.
  std::filesystem::path working_path() const;

  Result<void> write(std::string_view bytes) { return write_all(fd_, bytes, path_); }

  enum class Durability : std::uint8_t { Rename, Fsync };
  /// Checks for late errors and moves the file to its name, replacing what was there.
  Result<void> commit(Durability durability = Durability::Rename) &&;

 private:
  AtomicFile(Fd fd, std::filesystem::path path, std::filesystem::path temporary)
      : fd_(std::move(fd)), path_(std::move(path)), temporary_(std::move(temporary)) {}

  Fd fd_;
  std::filesystem::path path_;
  std::filesystem::path temporary_;  // empty while the file has no name
};

/// Creates or replaces `path` with `bytes`, whole or not at all.
Result<void> write_file(const std::filesystem::path& path, std::string_view bytes, unsigned mode = 0644);

/// As write_file, but leaves the file and its modification time alone where it already holds these bytes.
/// True where the file changed.
Result<bool> write_file_if_changed(const std::filesystem::path& path, std::string_view bytes,
                                   unsigned mode = 0644);

Result<void> make_directories(const std::filesystem::path& path);

/// Holds an exclusive advisory lock (flock) on a file, which is created if need be, until destroyed; waits
/// for its turn. The kernel drops the lock of a process that dies.
class FileLock {
 public:
  static Result<FileLock> acquire(const std::filesystem::path& path);

 private:
  explicit FileLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

/// A directory of its own under `parent`, removed with everything in it when destroyed.
class TemporaryDirectory {
 public:
  static Result<TemporaryDirectory> create(const std::filesystem::path& parent, std::string_view prefix);
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace faasc
