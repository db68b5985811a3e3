#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "packager/disk/formats/block_map.h"
#include "packager/disk/formats/crc32c.h"
#include "packager/disk/formats/vhdx_disk.h"
#include "packager/disk/formats/vhdx_format.h"

namespace faasc {
namespace {

using vhdx::Guid, vhdx::kKiB, vhdx::kMiB;

constexpr std::uint64_t kBlock = kMiB;  // the smallest there is: least is written for a lonely sector
constexpr std::uint32_t kSector = 512, kPhysicalSector = 4096;
constexpr std::uint64_t kChunk = vhdx::chunk_blocks(kBlock, kSector);
constexpr std::uint64_t kLogOffset = 1 * kMiB, kLogBytes = kMiB;
constexpr std::uint64_t kMetadataOffset = 2 * kMiB, kMetadataBytes = kMiB;
constexpr std::uint64_t kTableOffset = 3 * kMiB;
constexpr std::uint64_t kItemsOffset = 64 * kKiB;  // the first that metadata items may have

template <typename Field>
void put(std::string& into, std::size_t offset, const Field& field) {
  std::memcpy(into.data() + offset, &field, sizeof field);
}

// A part with its checksum in the second word.
std::string with_checksum(std::string part) {
  put(part, 4, le32(0u));
  put(part, 4, le32(crc32c(part)));
  return part;
}

// Different ones for different uses, of the contents and nothing else.
Guid identifier(const Sha256Digest& digest, std::string_view use) {
  Sha256 hash;
  hash.update({reinterpret_cast<const char*>(digest.data()), digest.size()});
  hash.update(use);
  Sha256Digest mixed = hash.finish();
  Guid id{};
  std::copy_n(mixed.begin(), id.size(), id.begin());
  id[7] = static_cast<std::uint8_t>((id[7] & 0x0f) | 0x80);  // version 8 of RFC 9562: made our own way
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3f) | 0x80);
  return id;
}

std::string file_identifier() {
  std::string text("vhdxfile");
  for (char c : std::string_view("faasc")) text.append({c, '\0'});  // the creator, in UTF-16
  return text;
}

std::string header(std::uint64_t sequence, const Sha256Digest& digest) {
  vhdx::Header fields;
  std::memcpy(fields.signature, "head", 4);
  fields.sequence = sequence;
  fields.file_write = identifier(digest, "file");
  fields.data_write = identifier(digest, "data");
  fields.version = std::uint16_t{1};
  fields.log_bytes = std::uint32_t{kLogBytes};
  fields.log_offset = kLogOffset;
  std::string bytes(vhdx::kHeaderBytes, '\0');
  put(bytes, 0, fields);
  return with_checksum(std::move(bytes));
}

std::string region_table(std::uint64_t table_bytes) {
  vhdx::RegionTable fields;
  std::memcpy(fields.signature, "regi", 4);
  fields.count = 2u;
  std::string bytes(vhdx::kTableBytes, '\0');
  put(bytes, 0, fields);
  put(bytes, sizeof fields,
      vhdx::Region{vhdx::kBlockTable, kTableOffset, static_cast<std::uint32_t>(table_bytes), 1u});
  put(bytes, sizeof fields + sizeof(vhdx::Region),
      vhdx::Region{vhdx::kMetadata, kMetadataOffset, std::uint32_t{kMetadataBytes}, 1u});
  return with_checksum(std::move(bytes));
}

std::string metadata(std::uint64_t disk_bytes, const Sha256Digest& digest) {
  std::string bytes(kItemsOffset + 64, '\0');
  vhdx::MetadataTable fields;
  std::memcpy(fields.signature, "metadata", 8);
  std::size_t count = 0, at = kItemsOffset;
  auto add = [&](const Guid& id, std::uint32_t flags, const auto& value) {
    put(bytes, sizeof fields + count++ * sizeof(vhdx::MetadataItem),
        vhdx::MetadataItem{id, static_cast<std::uint32_t>(at), std::uint32_t{sizeof value},
                           flags | vhdx::kRequired, 0u});
    put(bytes, at, value);
    at += sizeof value;
  };
  add(vhdx::kFileParameters, 0, std::array<le32, 2>{std::uint32_t{kBlock}, 0u});
  add(vhdx::kDiskSize, vhdx::kOfTheDisk, le64(disk_bytes));
  add(vhdx::kDiskId, vhdx::kOfTheDisk, identifier(digest, "disk"));
  add(vhdx::kLogicalSector, vhdx::kOfTheDisk, le32(kSector));
  add(vhdx::kPhysicalSector, vhdx::kOfTheDisk, le32(kPhysicalSector));
  fields.count = static_cast<std::uint16_t>(count);
  put(bytes, 0, fields);
  return bytes;
}

constexpr std::uint64_t entry_index(std::uint64_t block) {
  return block + block / kChunk;
}

}  // namespace

Result<std::uint64_t> write_vhdx(const DiskContents& disk, SequentialOutput& out) {
  FAASC_TRY(BlockMap map, BlockMap::of(disk, kBlock));
  std::uint64_t entries = entry_index(map.block_count - 1) + 1;
  std::uint64_t table_bytes = (entries * sizeof(le64) + kMiB - 1) / kMiB * kMiB;
  std::uint64_t data = kTableOffset + table_bytes;

  auto write_at = [&](std::uint64_t offset, std::string_view bytes) -> Result<void> {
    FAASC_CHECK(out.skip_to(offset));
    return out.write(bytes);
  };
  FAASC_CHECK(write_at(0, file_identifier()));
  for (std::uint64_t i = 0; i < 2; ++i)
    FAASC_CHECK(write_at(vhdx::kHeaderOffsets[i], header(i + 1, map.digest)));
  for (std::uint64_t offset : vhdx::kRegionTableOffsets)
    FAASC_CHECK(write_without_zeros(offset, region_table(table_bytes), out));
  FAASC_CHECK(write_without_zeros(kMetadataOffset, metadata(disk.size(), map.digest), out));
  for (std::size_t i = 0; i < map.used.size(); ++i) {
    le64 entry = (data + i * kBlock) | vhdx::kPresent;
    FAASC_CHECK(write_at(kTableOffset + entry_index(map.used[i]) * sizeof entry,
                         {reinterpret_cast<const char*>(&entry), sizeof entry}));
  }
  std::uint64_t at = data;
  FAASC_CHECK(for_each_data_block(disk, kBlock, [&](std::uint64_t, std::string_view bytes) {
    Result<void> written = write_without_zeros(at, bytes, out);
    at += kBlock;
    return written;
  }));
  FAASC_CHECK(out.flush());
  return data + map.used.size() * kBlock;
}

}  // namespace faasc
