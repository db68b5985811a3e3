#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "packager/disk/formats/codes.h"
#include "packager/disk/formats/crc32c.h"
#include "packager/disk/formats/format_errors.h"
#include "packager/disk/formats/vhdx_disk.h"
#include "packager/disk/formats/vhdx_format.h"

namespace faasc {
namespace {

using vhdx::Guid, vhdx::kKiB, vhdx::kMiB;

constexpr std::uint32_t kMaxEntries = 2047;  // of the region table and of the metadata table

class VhdxDisk : public BlockDisk {
 public:
  VhdxDisk(std::shared_ptr<const ByteSource> file, std::string name, std::uint64_t size, std::uint64_t block,
           std::uint64_t chunk, std::vector<le64> table)
      : BlockDisk(size, block),
        file_(std::move(file)),
        name_(std::move(name)),
        chunk_(chunk),
        table_(std::move(table)) {}

 protected:
  Result<bool> holds(std::uint64_t block) const override {
    std::uint64_t state = entry(block) & vhdx::kStateMask;
    if (state == vhdx::kPartlyPresent)
      return unsupported(name_, "a part of it is in another disk, its parent",
                         "make one image of the two with 'qemu-img convert'");
    return state == vhdx::kPresent;
  }
  Result<void> read_block(std::uint64_t block, std::uint64_t offset, char* buffer,
                          std::size_t size) const override {
    std::uint64_t at = entry(block) & vhdx::kPlaceMask;
    if (at < kMiB || at > file_->size() || offset > file_->size() - at || size > file_->size() - at - offset)
      return damaged(name_, "a block lies past the end of the file");
    return file_->read_at(at + offset, buffer, size);
  }

 private:
  std::uint64_t entry(std::uint64_t block) const {
    std::uint64_t index = block + block / chunk_;
    return index < table_.size() ? std::uint64_t{table_[index]} : 0;
  }

  std::shared_ptr<const ByteSource> file_;
  std::string name_;
  std::uint64_t chunk_;
  std::vector<le64> table_;
};

// `bytes` at `offset` where they are all there and the checksum in their second word is right.
Result<std::optional<std::string>> checked(const ByteSource& file, std::uint64_t offset, std::uint64_t bytes,
                                           std::string_view signature) {
  if (offset > file.size() || bytes > file.size() - offset) return std::optional<std::string>();
  std::string part(bytes, '\0');
  FAASC_CHECK(file.read_at(offset, part.data(), part.size()));
  le32 recorded;
  std::memcpy(static_cast<void*>(&recorded), part.data() + 4, sizeof recorded);
  std::memset(part.data() + 4, 0, sizeof recorded);
  if (!part.starts_with(signature) || crc32c(part) != recorded) return std::optional<std::string>();
  return std::optional<std::string>(std::move(part));
}

Result<void> check_header(const ByteSource& file, const std::string& name) {
  std::optional<vhdx::Header> current;
  for (std::uint64_t offset : vhdx::kHeaderOffsets) {
    FAASC_TRY(std::optional<std::string> bytes, checked(file, offset, vhdx::kHeaderBytes, "head"));
    if (!bytes) continue;
    vhdx::Header header;
    std::memcpy(static_cast<void*>(&header), bytes->data(), sizeof header);
    if (!current || header.sequence > current->sequence) current = header;
  }
  if (!current) return damaged(name, "neither of its headers is whole");
  if (current->version != 1)
    return unsupported(name, "it is of version " + std::to_string(current->version), "version 1 is read");
  if (current->log != Guid{})
    return unsupported(name, "it was not closed properly, and its log is not worked off",
                       "open it once with the program that wrote it, or run 'qemu-img check -r all'");
  return {};
}

struct Regions {
  vhdx::Region table, metadata;
};

Result<Regions> find_regions(const ByteSource& file, const std::string& name) {
  for (std::uint64_t offset : vhdx::kRegionTableOffsets) {
    FAASC_TRY(std::optional<std::string> bytes, checked(file, offset, vhdx::kTableBytes, "regi"));
    if (!bytes) continue;
    vhdx::RegionTable table;
    std::memcpy(static_cast<void*>(&table), bytes->data(), sizeof table);
    std::optional<vhdx::Region> blocks, metadata;
    for (std::uint32_t i = 0; i < std::min<std::uint32_t>(table.count, kMaxEntries); ++i) {
      vhdx::Region region;
      std::memcpy(static_cast<void*>(&region), bytes->data() + sizeof table + i * sizeof region,
                  sizeof region);
      if (region.id == vhdx::kBlockTable)
        blocks = region;
      else if (region.id == vhdx::kMetadata)
        metadata = region;
      else if (region.required & 1)
        return unsupported(name, "it has parts that are not known here",
                           "convert it with 'qemu-img convert -O vhdx'");
    }
    if (!blocks || !metadata) return damaged(name, "its tables are not there");
    return Regions{*blocks, *metadata};
  }
  return damaged(name, "neither of its region tables is whole");
}

struct Shape {
  std::uint64_t disk_bytes = 0, block_bytes = 0, sector_bytes = 0;
};

template <typename Value>
Result<void> read_item(const ByteSource& file, const vhdx::Region& region, const vhdx::MetadataItem& item,
                       const std::string& name, Value& value) {
  bool inside = item.bytes == sizeof value && item.offset >= vhdx::kTableBytes &&
                std::uint64_t{item.offset} + item.bytes <= region.bytes && region.offset <= file.size() &&
                std::uint64_t{item.offset} + item.bytes <= file.size() - region.offset;
  if (!inside) return damaged(name, "an item of its metadata is not there");
  return file.read_at(region.offset + item.offset, reinterpret_cast<char*>(&value), sizeof value);
}

Result<Shape> read_metadata(const ByteSource& file, const vhdx::Region& region, const std::string& name) {
  if (region.offset > file.size() || vhdx::kTableBytes > file.size() - region.offset)
    return damaged(name, "its metadata are cut off");
  std::string bytes(vhdx::kTableBytes, '\0');
  FAASC_CHECK(file.read_at(region.offset, bytes.data(), bytes.size()));
  vhdx::MetadataTable table;
  std::memcpy(static_cast<void*>(&table), bytes.data(), sizeof table);
  if (!bytes.starts_with("metadata") || table.count > kMaxEntries)
    return damaged(name, "its metadata are not where they should be");
  Shape shape;
  for (std::uint32_t i = 0; i < table.count; ++i) {
    vhdx::MetadataItem item;
    std::memcpy(static_cast<void*>(&item), bytes.data() + sizeof table + i * sizeof item, sizeof item);
    if (item.id == vhdx::kFileParameters) {
      std::array<le32, 2> parameters;
      FAASC_CHECK(read_item(file, region, item, name, parameters));
      shape.block_bytes = parameters[0];
      if (parameters[1] & vhdx::kHasParent)
        return unsupported(name, "it is an overlay of another disk, its parent",
                           "make one image of the two with 'qemu-img convert'");
    } else if (item.id == vhdx::kDiskSize) {
      le64 size;
      FAASC_CHECK(read_item(file, region, item, name, size));
      shape.disk_bytes = size;
    } else if (item.id == vhdx::kLogicalSector) {
      le32 sector;
      FAASC_CHECK(read_item(file, region, item, name, sector));
      shape.sector_bytes = sector;
    }
  }
  std::uint64_t block = shape.block_bytes;
  bool right = block >= kMiB && block <= 256 * kMiB && (block & (block - 1)) == 0 &&
               (shape.sector_bytes == 512 || shape.sector_bytes == 4096) && shape.disk_bytes > 0 &&
               shape.disk_bytes <= kMaxDiskBytes && shape.disk_bytes % shape.sector_bytes == 0;
  if (!right) return damaged(name, "its metadata do not add up");
  return shape;
}

}  // namespace

Result<std::shared_ptr<const DiskContents>> open_vhdx(std::shared_ptr<const ByteSource> file,
                                                      const std::string& name) {
  FAASC_CHECK(check_header(*file, name));
  FAASC_TRY(Regions regions, find_regions(*file, name));
  FAASC_TRY(Shape shape, read_metadata(*file, regions.metadata, name));
  std::uint64_t chunk = vhdx::chunk_blocks(shape.block_bytes, shape.sector_bytes);
  std::uint64_t last = (shape.disk_bytes + shape.block_bytes - 1) / shape.block_bytes - 1;
  std::uint64_t bytes = (last + last / chunk + 1) * sizeof(le64);
  const vhdx::Region& region = regions.table;
  if (bytes > region.bytes || region.offset > file->size() || bytes > file->size() - region.offset)
    return damaged(name, "its block table is cut off");
  std::vector<le64> table(bytes / sizeof(le64));
  FAASC_CHECK(file->read_at(region.offset, reinterpret_cast<char*>(table.data()), bytes));
  return std::shared_ptr<const DiskContents>(std::make_shared<VhdxDisk>(
      std::move(file), name, shape.disk_bytes, shape.block_bytes, chunk, std::move(table)));
}

}  // namespace faasc
