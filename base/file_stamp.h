#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>

#include "base/result.h"

struct stat;

namespace faasc {

/// What the file system says of a file without reading it. Equal stamps mean unchanged content: the change
/// time moves with every write and cannot be set back by tools that restore modification times. A file that
/// is not there has a stamp too.
struct FileStamp {
  std::uint64_t inode = 0;
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ns = 0;  ///< since the epoch
  std::int64_t changed_ns = 0;

  bool exists() const { return inode != 0; }
  auto operator<=>(const FileStamp&) const = default;
};

/// Follows symlinks.
FileStamp stamp_of(const std::filesystem::path& path);
/// The same from what was asked already.
FileStamp stamp_of(const struct stat& status);

/// Sets the modification time alone, as touch(1) does. Moves the change time.
Result<void> set_modification_time(const std::filesystem::path& path, std::int64_t modified_ns);

/// The clock that stamps are taken from: coarser than, and never ahead of, the system's.
std::int64_t file_clock_ns();

}  // namespace faasc
