#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "packager/disk/formats/disk_contents.h"
#include "packager/output/sequential_output.h"

namespace faasc {

inline constexpr std::uint64_t kDataBlockBytes = std::uint64_t{64} << 10;

bool is_all_zeros(std::string_view bytes);

/// Calls `each` for every block of `block_bytes` that holds anything but zeros, in order; the last one of a
/// disk may be shorter. Which blocks those are depends on the disk's bytes only, not on where the host keeps
/// holes.
Result<void> for_each_data_block(
    const DiskContents& disk, std::uint64_t block_bytes,
    const std::function<Result<void>(std::uint64_t block, std::string_view bytes)>& each);

/// Writes `bytes` to `offset` of the output; pages of zeros among them are skipped.
Result<void> write_without_zeros(std::uint64_t offset, std::string_view bytes, SequentialOutput& out);

/// The bytes of all pages of 4 KiB that hold anything but zeros: what a disk takes where holes are kept.
Result<std::uint64_t> data_bytes(const DiskContents& disk);

/// The blocks of a disk that hold anything but zeros, for writers that have to know them beforehand.
struct BlockMap {
  std::uint64_t block_bytes = 0, block_count = 0;
  std::vector<std::uint64_t> used;  ///< ascending
  Sha256Digest digest{};            ///< of size and contents: what identifiers are made of

  /// Reads the disk once.
  static Result<BlockMap> of(const DiskContents& disk, std::uint64_t block_bytes);
};

}  // namespace faasc
