#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "packager/tfs/byte_source.h"
#include "packager/tfs/tfs_format.h"
#include "packager/tfs/tfs_log.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

/// A run of sectors that holds a part of a file.
struct TfsExtent {
  std::uint64_t file_sector = 0;  ///< the first sector of the file it holds
  std::uint64_t first_sector = 0;
  std::uint64_t sector_count = 0;
  std::uint64_t allocated_sectors = 0;
  bool uninited = false;  ///< reads as zeros, whatever is in the sectors
  bool operator==(const TfsExtent&) const = default;
};

struct TfsEntry {
  enum class Kind : std::uint8_t { Directory, File, Symlink, Other };  ///< Other: a socket's name

  std::string path;  ///< absolute, normalised
  Kind kind = Kind::Other;
  std::uint64_t size_bytes = 0;           ///< of a file
  std::string target;                     ///< of a symbolic link
  std::uint64_t id = 0;                   ///< two names of one file have the same
  std::optional<std::uint64_t> modified;  ///< seconds since 1970, times 2^32
};

/// A file system that somebody else wrote, perhaps a kernel, perhaps nobody in their right mind: every length
/// is checked before it is believed.
class TfsReader {
 public:
  /// Reads the log and the tree, versions 4 and 5. Names that cannot be, directories that contain themselves
  /// and the like are errors; ".." is left out.
  static Result<TfsReader> open(std::shared_ptr<const ByteSource> source);

  const std::array<std::uint8_t, tfs::kUuidBytes>& uuid() const { return header_.uuid; }
  /// "00112233-4455-6677-8899-aabbccddeeff", as the kernel has it.
  std::string uuid_text() const;
  const std::string& label() const { return header_.label; }
  const std::vector<tfs::LogExtension>& log_extensions() const { return header_.extensions; }
  std::uint64_t size_bytes() const { return source_->size(); }

  /// The root's attributes beside its children: the kernel's configuration.
  const TfsTuple& attributes() const { return attributes_; }

  /// All entries, every directory before what it holds and siblings in byte order. The root itself is not
  /// one.
  const std::vector<TfsEntry>& entries() const { return entries_; }
  const TfsEntry* find(std::string_view path) const;

  /// Where a file's bytes are, in their order; gaps are zeros.
  const std::vector<TfsExtent>& extents(const TfsEntry& file) const;

  /// Takes a file's bytes in order, in pieces of at most 1 MiB.
  using Sink = std::function<Result<void>(std::string_view)>;
  Result<void> read(const TfsEntry& file, const Sink& sink) const;
  /// The whole file; refuses one of more than `limit` bytes.
  Result<std::string> read(const TfsEntry& file, std::uint64_t limit = std::uint64_t{1} << 30) const;

  /// What is wrong although it can be read, one line each: sectors that two things claim, extents beyond the
  /// end, sizes that do not match.
  std::vector<std::string> problems() const;

 private:
  TfsReader() = default;

  std::shared_ptr<const ByteSource> source_;
  tfs::LogHeader header_;
  TfsTuple attributes_;
  std::vector<TfsEntry> entries_;
  std::map<std::uint64_t, std::vector<TfsExtent>> extents_;  // by TfsEntry::id
};

}  // namespace faasc
