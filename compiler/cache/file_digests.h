#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_stamp.h"
#include "base/result.h"
#include "base/sha256.h"

namespace faasc {

/// Digests of files, each computed once as long as its stamp stays the same. Kept in one file that builds
/// share; every one of them may replace it at any time, and whatever is lost costs reading a file again.
///
/// A file that changed so recently that another change might leave the same stamp is read again each time, as
/// git does with what it calls racy entries. Safe for threads.
class FileDigests {
 public:
  /// `path` is the file that is shared; it is read when the first digest is asked for.
  explicit FileDigests(std::filesystem::path path) : path_(std::move(path)) {}
  ~FileDigests();
  FileDigests(const FileDigests&) = delete;
  FileDigests& operator=(const FileDigests&) = delete;

  /// In hexadecimal; nothing where the file cannot be read. `path` is absolute.
  std::optional<std::string> of(const std::filesystem::path& path);

  /// The digest of the names in a directory and of what kind they are, caches of Python's byte code left out.
  static std::optional<std::string> of_names(const std::filesystem::path& directory);

  /// Adds what was learned to the file. A failure only costs time.
  void save();

  /// One row of the file: what a path's file was like, and its digest. Sorted by `path`.
  struct Row {
    std::array<std::uint8_t, 16> path;  ///< the first half of the path's SHA-256
    FileStamp stamp;
    Sha256Digest digest;
  };
  static_assert(sizeof(Row) == 80);

 private:
  const Row* find(const std::array<std::uint8_t, 16>& path) const;
  void map();

  std::filesystem::path path_;
  std::mutex mutex_;
  bool mapped_ = false;
  const Row* rows_ = nullptr;  // in the mapping
  std::size_t count_ = 0;
  void* mapping_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::map<std::string, std::pair<FileStamp, std::string>, std::less<>> known_;  // of this run
  std::map<std::array<std::uint8_t, 16>, Row> learned_;
};

}  // namespace faasc
