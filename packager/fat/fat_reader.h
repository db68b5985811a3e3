#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"

namespace faasc {

struct FatEntry {
  std::string path;  ///< absolute, "/EFI/BOOT/BOOTX64.EFI", in the case it is written in; UTF-8
  bool is_directory = false;
  std::uint32_t size_bytes = 0;  ///< of a file

  /// Where the bytes are, in sectors of 512 bytes of the volume, in their order. The last run may be longer
  /// than what is left of the file.
  struct Run {
    std::uint64_t first_sector = 0, sector_count = 0;
  };
  std::vector<Run> runs;
};

/// A FAT32 volume that somebody else wrote: a UEFI system partition. Every length is checked before it is
/// believed.
class FatReader {
 public:
  /// Reads the whole tree. Clusters that two files claim, chains that do not end, lengths that do not match
  /// and names that cannot be are errors (FAASC0576); so are FAT12 and FAT16 (FAASC0575).
  static Result<FatReader> open(std::shared_ptr<const ByteSource> source);

  /// Every directory before what it holds and siblings in byte order; the root is not one.
  const std::vector<FatEntry>& entries() const { return entries_; }
  /// Case does not matter, as it does not to firmware.
  const FatEntry* find(std::string_view path) const;
  const std::string& label() const { return label_; }
  std::uint64_t size_bytes() const { return size_bytes_; }  ///< of the volume, as it says itself

  /// Takes a file's bytes in order, in pieces of at most 1 MiB.
  using Sink = std::function<Result<void>(std::string_view)>;
  Result<void> read(const FatEntry& file, const Sink& sink) const;
  /// The whole file; refuses one of more than `limit` bytes.
  Result<std::string> read(const FatEntry& file, std::uint64_t limit = std::uint64_t{1} << 30) const;

 private:
  FatReader() = default;

  std::shared_ptr<const ByteSource> source_;
  std::uint64_t size_bytes_ = 0;
  std::string label_;
  std::vector<FatEntry> entries_;
};

}  // namespace faasc
