#include "packager/disk/formats/block_map.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/endian.h"
#include "base/interrupt.h"

namespace faasc {
namespace {

constexpr std::size_t kPage = 4096;

}  // namespace

bool is_all_zeros(std::string_view bytes) {
  // Each byte equals the one before it, and the first is zero.
  return bytes.empty() ||
         (bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

Result<void> for_each_data_block(
    const DiskContents& disk, std::uint64_t block_bytes,
    const std::function<Result<void>(std::uint64_t block, std::string_view bytes)>& each) {
  std::string buffer(block_bytes, '\0');
  for (std::uint64_t at = 0;;) {
    FAASC_TRY(DiskContents::Range range, disk.next_data(at));
    if (range.begin >= disk.size()) return {};
    // A block is seen once, though two ranges may begin and end in it.
    std::uint64_t block = std::max(at, range.begin / block_bytes * block_bytes) / block_bytes;
    std::uint64_t end = (range.end + block_bytes - 1) / block_bytes;
    for (; block < end; ++block) {
      FAASC_CHECK(check_interrupt());
      std::uint64_t offset = block * block_bytes;
      std::string_view bytes(buffer.data(), std::min(block_bytes, disk.size() - offset));
      FAASC_CHECK(disk.read_at(offset, buffer.data(), bytes.size()));
      if (!is_all_zeros(bytes)) FAASC_CHECK(each(block, bytes));
    }
    at = end * block_bytes;
    if (at >= disk.size()) return {};
  }
}

Result<void> write_without_zeros(std::uint64_t offset, std::string_view bytes, SequentialOutput& out) {
  for (std::size_t at = 0; at < bytes.size(); at += kPage) {
    std::string_view page = bytes.substr(at, kPage);
    if (is_all_zeros(page)) continue;
    FAASC_CHECK(out.skip_to(offset + at));
    FAASC_CHECK(out.write(page));
  }
  return {};
}

Result<std::uint64_t> data_bytes(const DiskContents& disk) {
  std::uint64_t sum = 0;
  FAASC_CHECK(for_each_data_block(disk, kDataBlockBytes, [&](std::uint64_t, std::string_view bytes) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kPage)))
      if (!is_all_zeros(bytes.substr(0, kPage))) sum += kPage;
    return Result<void>();
  }));
  return sum;
}

Result<BlockMap> BlockMap::of(const DiskContents& disk, std::uint64_t block_bytes) {
  BlockMap map;
  map.block_bytes = block_bytes;
  map.block_count = (disk.size() + block_bytes - 1) / block_bytes;
  Sha256 hash;
  auto add_number = [&](le64 number) {
    hash.update({reinterpret_cast<const char*>(&number), sizeof number});
  };
  add_number(disk.size());
  FAASC_CHECK(for_each_data_block(disk, block_bytes, [&](std::uint64_t block, std::string_view bytes) {
    map.used.push_back(block);
    add_number(block);
    hash.update(bytes);
    return Result<void>();
  }));
  map.digest = hash.finish();
  return map;
}

}  // namespace faasc
