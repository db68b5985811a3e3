#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"

namespace faasc {

/// One name in a file system that was read.
struct StoredEntry {
  enum class Kind : std::uint8_t { Directory, File, Symlink, Other };  ///< Other: sockets, devices

  std::string path;  ///< absolute, normalised
  Kind kind = Kind::Other;
  std::uint64_t size_bytes = 0;          ///< of a file
  std::string target;                    ///< of a symbolic link
  std::uint64_t id = 0;                  ///< two names of one file have the same
  std::optional<std::uint32_t> mode;     ///< permission bits, where the format has them
  std::optional<std::int64_t> modified;  ///< seconds since 1970, where the file system says so
};

/// A run of bytes of a file, and where in the file system's source they lie.
struct StoredRun {
  std::uint64_t file_offset = 0, source_offset = 0, size_bytes = 0;
  bool operator==(const StoredRun&) const = default;
};

/// A file system that lies in an image, whatever its format: what all readers have in common. Somebody else
/// wrote it, so a reader believes nothing that it has not checked.
class StoredTree {
 public:
  virtual ~StoredTree() = default;

  /// "TFS 5", "ext4"
  virtual std::string format() const = 0;
  virtual std::string label() const = 0;
  /// "00112233-4455-6677-8899-aabbccddeeff"
  virtual std::string uuid_text() const = 0;

  /// All entries, every directory before what it holds and siblings in byte order. The root itself is not
  /// one.
  const std::vector<StoredEntry>& entries() const { return entries_; }
  const StoredEntry* find(std::string_view path) const;

  /// Where a file's bytes are, in their order, without overlaps and within its size; gaps are zeros.
  const std::vector<StoredRun>& runs(const StoredEntry& file) const;

  /// Takes a file's bytes in order, in pieces of at most 1 MiB.
  using Sink = std::function<Result<void>(std::string_view)>;
  Result<void> read(const StoredEntry& file, const Sink& sink) const;
  /// The whole file; refuses one of more than `limit` bytes.
  Result<std::string> read(const StoredEntry& file, std::uint64_t limit = std::uint64_t{1} << 30) const;

  /// The bytes from `offset` on; fewer than `size` where the file ends.
  Result<std::string> read_at(const StoredEntry& file, std::uint64_t offset, std::size_t size) const;

  std::uint64_t size_bytes() const { return source_->size(); }
  const ByteSource& source() const { return *source_; }

  /// What is wrong although it can be read, one line each: bytes that two things claim, places beyond the
  /// end, sizes that do not match.
  virtual std::vector<std::string> problems() const = 0;

 protected:
  StoredTree() = default;
  StoredTree(StoredTree&&) = default;
  StoredTree& operator=(StoredTree&&) = default;

  void sort_entries();

  std::shared_ptr<const ByteSource> source_;
  std::vector<StoredEntry> entries_;
  std::map<std::uint64_t, std::vector<StoredRun>> runs_;  // by StoredEntry::id
};

/// 16 bytes as "00112233-4455-6677-8899-aabbccddeeff".
std::string uuid_text(const std::uint8_t* uuid);

}  // namespace faasc
