#include "packager/disk/formats/disk_contents.h"

#include <algorithm>
#include <cstring>

#include "base/codes.h"

namespace faasc {

Result<void> BlockDisk::read_at(std::uint64_t offset, char* buffer, std::size_t size) const {
  if (offset > size_ || size > size_ - offset)
    return Error{Fault::Input,
                 kFileTooShort,
                 "the disk has " + std::to_string(size_) + " bytes; " + std::to_string(size) +
                     " bytes at offset " + std::to_string(offset) + " are not there",
                 {},
                 {}};
  while (size > 0) {
    std::uint64_t block = offset / block_, within = offset % block_;
    std::size_t count = std::min<std::uint64_t>(size, block_ - within);
    FAASC_TRY(bool held, holds(block));
    if (held) {
      FAASC_CHECK(read_block(block, within, buffer, count));
    } else {
      std::memset(buffer, 0, count);
    }
    offset += count;
    buffer += count;
    size -= count;
  }
  return {};
}

Result<DiskContents::Range> BlockDisk::next_data(std::uint64_t offset) const {
  std::uint64_t count = block_count();
  std::uint64_t block = offset / block_;
  for (;;) {
    block = first_candidate(block);
    if (block >= count) return Range{size_, size_};
    FAASC_TRY(bool held, holds(block));
    if (held) break;
    ++block;
  }
  std::uint64_t end = block + 1;
  for (; end < count; ++end) {
    FAASC_TRY(bool held, holds(end));
    if (!held) break;
  }
  return Range{std::max(offset, block * block_), std::min(size_, end * block_)};
}

}  // namespace faasc
