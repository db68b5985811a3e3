#include "packager/disk/formats/vhd_disk.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "packager/disk/formats/block_map.h"
#include "packager/disk/formats/codes.h"
#include "packager/disk/formats/format_errors.h"
#include "packager/disk/formats/vhd_format.h"

namespace faasc {
namespace {

constexpr std::uint64_t kSector = 512;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kMaxBytes = std::uint64_t{2040} << 30;  // of a VHD, whatever kind

// The ones' complement of the sum of all bytes but the checksum's own.
template <typename Part>
std::uint32_t checksum_of(Part part) {
  part.checksum = 0u;
  std::uint32_t sum = 0;
  for (unsigned char byte : std::string_view(reinterpret_cast<const char*>(&part), sizeof part)) sum += byte;
  return ~sum;
}

struct Geometry {
  std::uint16_t cylinders;
  std::uint8_t heads, sectors_per_track;
};

// As the specification's appendix calculates it.
Geometry geometry_of(std::uint64_t size_bytes) {
  std::uint64_t sectors = std::min<std::uint64_t>(size_bytes / kSector, 65535 * 16 * 255);
  std::uint64_t per_track, heads, cylinder_heads;
  if (sectors >= 65535 * 16 * 63) {
    per_track = 255;
    heads = 16;
    cylinder_heads = sectors / per_track;
  } else {
    per_track = 17;
    cylinder_heads = sectors / per_track;
    heads = std::max<std::uint64_t>((cylinder_heads + 1023) / 1024, 4);
    if (cylinder_heads >= heads * 1024 || heads > 16) {
      per_track = 31;
      heads = 16;
      cylinder_heads = sectors / per_track;
    }
    if (cylinder_heads >= heads * 1024) {
      per_track = 63;
      heads = 16;
      cylinder_heads = sectors / per_track;
    }
  }
  return {static_cast<std::uint16_t>(cylinder_heads / heads), static_cast<std::uint8_t>(heads),
          static_cast<std::uint8_t>(per_track)};
}

// The disk's bytes come first, and the file's are theirs.
class FixedDisk : public DiskContents {
 public:
  FixedDisk(std::shared_ptr<const DiskContents> raw, std::uint64_t size)
      : raw_(std::move(raw)), size_(size) {}
  std::uint64_t size() const override { return size_; }
  Result<void> read_at(std::uint64_t offset, char* buffer, std::size_t size) const override {
    return raw_->read_at(offset, buffer, size);
  }
  Result<Range> next_data(std::uint64_t offset) const override {
    FAASC_TRY(Range range, raw_->next_data(offset));
    return Range{std::min(range.begin, size_), std::min(range.end, size_)};
  }

 private:
  std::shared_ptr<const DiskContents> raw_;
  std::uint64_t size_;
};

class DynamicDisk : public BlockDisk {
 public:
  DynamicDisk(std::shared_ptr<const ByteSource> file, std::string name, std::uint64_t size,
              std::uint64_t block_bytes, std::vector<be32> table)
      : BlockDisk(size, block_bytes),
        file_(std::move(file)),
        name_(std::move(name)),
        table_(std::move(table)) {}

 protected:
  Result<bool> holds(std::uint64_t block) const override {
    return block < table_.size() && table_[block] != vhd::kNoBlock;
  }
  Result<void> read_block(std::uint64_t block, std::uint64_t offset, char* buffer,
                          std::size_t size) const override {
    // In front of the block is a bit for each of its sectors. One that was never written holds zeros anyway.
    std::uint64_t bitmap = (block_bytes() / kSector / 8 + kSector - 1) / kSector * kSector;
    std::uint64_t at = table_[block] * kSector + bitmap + offset;
    if (at > file_->size() || size > file_->size() - at)
      return damaged(name_, "a block lies past the end of the file");
    return file_->read_at(at, buffer, size);
  }

 private:
  std::shared_ptr<const ByteSource> file_;
  std::string name_;
  std::vector<be32> table_;
};

template <typename Part>
Result<Part> read_part(const ByteSource& file, std::uint64_t offset, const std::string& name,
                       const char* what) {
  Part part;
  if (offset > file.size() || sizeof part > file.size() - offset)
    return damaged(name, std::string(what) + " is cut off");
  FAASC_CHECK(file.read_at(offset, reinterpret_cast<char*>(&part), sizeof part));
  return part;
}

bool is_footer(const vhd::Footer& footer) {
  return std::memcmp(footer.cookie, "conectix", 8) == 0;
}

struct DynamicHeaderSector : vhd::DynamicHeader {
  std::uint8_t rest[984] = {};
};
static_assert(sizeof(DynamicHeaderSector) == 1024);

Result<std::shared_ptr<const DiskContents>> open_dynamic(std::shared_ptr<const DiskContents> file,
                                                         const vhd::Footer& footer, const std::string& name) {
  FAASC_TRY(DynamicHeaderSector header,
            read_part<DynamicHeaderSector>(*file, footer.data_offset, name, "its second header"));
  if (std::memcmp(header.cookie, "cxsparse", 8) != 0 || header.checksum != checksum_of(header))
    return damaged(name, "its second header is wrong");
  std::uint64_t block = header.block_bytes, count = header.block_count;
  bool shape = block >= kSector && block <= (std::uint64_t{256} << 20) && (block & (block - 1)) == 0 &&
               count <= kMaxBytes / block + 1 && (footer.current_size + block - 1) / block <= count;
  if (!shape) return damaged(name, "its second header does not add up");
  std::uint64_t bytes = count * sizeof(be32);
  if (header.table_offset > file->size() || bytes > file->size() - header.table_offset)
    return damaged(name, "its table lies past the end of the file");
  std::vector<be32> table(count);
  FAASC_CHECK(file->read_at(header.table_offset, reinterpret_cast<char*>(table.data()), bytes));
  return std::shared_ptr<const DiskContents>(
      std::make_shared<DynamicDisk>(std::move(file), name, footer.current_size, block, std::move(table)));
}

}  // namespace

Result<std::shared_ptr<const DiskContents>> open_vhd(std::shared_ptr<const DiskContents> raw,
                                                     const std::string& name) {
  std::uint64_t file_bytes = raw->size();
  if (file_bytes < sizeof(vhd::Footer)) return damaged(name, "its footer is missing");
  FAASC_TRY(vhd::Footer footer,
            read_part<vhd::Footer>(*raw, file_bytes - sizeof(vhd::Footer), name, "its footer"));
  // A dynamic disk begins with a copy, which lasts where the end is lost; but then blocks are lost, too.
  if (!is_footer(footer)) return damaged(name, "its footer is missing");
  if (footer.checksum != checksum_of(footer)) return damaged(name, "its footer is wrong");
  std::uint64_t size = footer.current_size;
  if (size > kMaxBytes || size % kSector != 0)
    return damaged(name, "its disk has " + std::to_string(size) + " bytes");
  switch (footer.disk_type) {
    case vhd::kFixed:
      if (size > file_bytes - sizeof footer) return damaged(name, "it is shorter than its disk");
      return std::shared_ptr<const DiskContents>(std::make_shared<FixedDisk>(std::move(raw), size));
    case vhd::kDynamic:
      return open_dynamic(std::move(raw), footer, name);
    case vhd::kDifferencing:
      return unsupported(name, "it is an overlay of another disk, its parent",
                         "make one image of the two with 'qemu-img convert'");
    default:
      return damaged(name, "it is of type " + std::to_string(footer.disk_type));
  }
}

Result<std::uint64_t> write_vhd(const DiskContents& disk, SequentialOutput& out) {
  std::uint64_t size = (disk.size() + kMiB - 1) / kMiB * kMiB;
  if (size > kMaxBytes)
    return Error{Fault::Input,
                 kFormatTooLarge,
                 "the disk has " + std::to_string(disk.size()) + " bytes; a VHD holds at most " +
                     std::to_string(kMaxBytes),
                 {},
                 "choose vhdx or qcow2"};
  FAASC_TRY(BlockMap map, BlockMap::of(disk, kDataBlockBytes));
  FAASC_CHECK(for_each_data_block(disk, kDataBlockBytes, [&](std::uint64_t block, std::string_view bytes) {
    return write_without_zeros(block * kDataBlockBytes, bytes, out);
  }));

  vhd::Footer footer;
  std::memcpy(footer.cookie, "conectix", 8);
  footer.features = 2u;  // always
  footer.version = 0x10000u;
  footer.data_offset = vhd::kNoOffset;
  // Hyper-V's name: from anyone else's disk QEMU would take the size that the geometry comes to, not the
  // size.
  std::memcpy(footer.creator, "win ", 4);
  footer.creator_version = 0x60001u;
  std::memcpy(footer.creator_os, "Wi2k", 4);
  footer.original_size = size;
  footer.current_size = size;
  Geometry geometry = geometry_of(size);
  footer.cylinders = geometry.cylinders;
  footer.heads = geometry.heads;
  footer.sectors_per_track = geometry.sectors_per_track;
  footer.disk_type = vhd::kFixed;
  std::copy_n(map.digest.begin(), sizeof footer.unique_id, footer.unique_id);
  footer.checksum = checksum_of(footer);
  FAASC_CHECK(out.skip_to(size));
  FAASC_CHECK(out.write({reinterpret_cast<const char*>(&footer), sizeof footer}));
  FAASC_CHECK(out.flush());
  return size + sizeof footer;
}

}  // namespace faasc
