#pragma once

#include <cstdint>
#include <memory>

#include "base/byte_source.h"
#include "base/result.h"

namespace faasc {

/// The bytes of a virtual disk, whatever the file looks like that holds them. Not for use by several threads
/// at a time: readers remember the table they looked at last.
class DiskContents : public ByteSource {
 public:
  struct Range {
    std::uint64_t begin = 0, end = 0;
  };
  /// The first range at or after `offset` that may hold anything but zeros. Empty, at size(), where there is
  /// none.
  virtual Result<Range> next_data(std::uint64_t offset) const = 0;
};

/// The largest disk that is read or written: 64 TiB, as VHDX has it.
inline constexpr std::uint64_t kMaxDiskBytes = std::uint64_t{64} << 40;

/// A disk that is stored as blocks of one size, each either kept somewhere or all zeros.
class BlockDisk : public DiskContents {
 public:
  std::uint64_t size() const override { return size_; }
  Result<void> read_at(std::uint64_t offset, char* buffer, std::size_t size) const override;
  Result<Range> next_data(std::uint64_t offset) const override;

 protected:
  BlockDisk(std::uint64_t size_bytes, std::uint64_t block_bytes) : size_(size_bytes), block_(block_bytes) {}

  std::uint64_t block_bytes() const { return block_; }
  std::uint64_t block_count() const { return (size_ + block_ - 1) / block_; }

  /// Whether anything is kept for this block.
  virtual Result<bool> holds(std::uint64_t block) const = 0;
  /// Bytes of a block for which holds() is true.
  virtual Result<void> read_block(std::uint64_t block, std::uint64_t offset, char* buffer,
                                  std::size_t size) const = 0;
  /// The first block at or after `block` that is not known from the outermost table alone to be all zeros.
  virtual std::uint64_t first_candidate(std::uint64_t block) const { return block; }

 private:
  std::uint64_t size_, block_;
};

}  // namespace faasc
