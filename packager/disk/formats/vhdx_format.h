#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/endian.h"

// Hyper-V's VHDX, as [MS-VHDX] has it. Numbers are little-endian; everything lies at multiples of 64 KiB.
//
//   0        file identifier         64 KiB, 128 KiB   the header, twice
//   192 KiB  region table, 256 KiB again: where block table and metadata are
//   1 MiB    log, empty where the file was closed properly
//   then     metadata (size of the disk, of a block, of a sector) | block table | blocks
//
// An entry of the block table is a state and the block's place in MiB. After each chunk of blocks follows an
// entry for the bitmap of a disk with a parent, unused in others.

namespace faasc::vhdx {

using Guid = std::array<std::uint8_t, 16>;

constexpr Guid guid(std::uint32_t a, std::uint16_t b, std::uint16_t c, std::uint64_t d) {
  Guid out{};
  for (unsigned i = 0; i < 4; ++i) out[i] = static_cast<std::uint8_t>(a >> (8 * i));
  for (unsigned i = 0; i < 2; ++i) out[4 + i] = static_cast<std::uint8_t>(b >> (8 * i));
  for (unsigned i = 0; i < 2; ++i) out[6 + i] = static_cast<std::uint8_t>(c >> (8 * i));
  for (unsigned i = 0; i < 8; ++i) out[8 + i] = static_cast<std::uint8_t>(d >> (56 - 8 * i));
  return out;
}

inline constexpr std::uint64_t kKiB = 1024, kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kHeaderOffsets[] = {64 * kKiB, 128 * kKiB};
inline constexpr std::uint64_t kRegionTableOffsets[] = {192 * kKiB, 256 * kKiB};
inline constexpr std::uint64_t kHeaderBytes = 4 * kKiB, kTableBytes = 64 * kKiB;

struct Header {
  char signature[4] = {};  // "head"
  le32 checksum;           // CRC-32C of 4 KiB, this field taken as 0
  le64 sequence;           // of the two headers the higher one counts
  Guid file_write{}, data_write{};
  Guid log{};  // not all zeros: there is something in the log
  le16 log_version, version;
  le32 log_bytes;
  le64 log_offset;
};
static_assert(sizeof(Header) == 80 && offsetof(Header, log_offset) == 72);

struct RegionTable {
  char signature[4] = {};  // "regi"
  le32 checksum;           // CRC-32C of 64 KiB, this field taken as 0
  le32 count, reserved;
};
struct Region {
  Guid id{};
  le64 offset;
  le32 bytes, required;
};
static_assert(sizeof(RegionTable) == 16 && sizeof(Region) == 32);
inline constexpr Guid kBlockTable = guid(0x2DC27766, 0xF623, 0x4200, 0x9D64115E9BFD4A08);
inline constexpr Guid kMetadata = guid(0x8B7CA206, 0x4790, 0x4B9A, 0xB8FE575F050F886E);

struct MetadataTable {
  char signature[8] = {};  // "metadata"
  le16 reserved, count;
  std::uint8_t reserved2[20] = {};
};
struct MetadataItem {
  Guid id{};
  le32 offset, bytes;  // within the region
  le32 flags, reserved;
};
static_assert(sizeof(MetadataTable) == 32 && sizeof(MetadataItem) == 32);
inline constexpr std::uint32_t kOfTheDisk = 2, kRequired = 4;
inline constexpr Guid kFileParameters = guid(0xCAA16737, 0xFA36, 0x4D43, 0xB3B633F0AA44E76B);
inline constexpr Guid kDiskSize = guid(0x2FA54224, 0xCD1B, 0x4876, 0xB2115DBED83BF4B8);
inline constexpr Guid kDiskId = guid(0xBECA12AB, 0xB2E6, 0x4523, 0x93EFC309E000C746);
inline constexpr Guid kLogicalSector = guid(0x8141BF1D, 0xA96F, 0x4709, 0xBA47F233A8FAAB5F);
inline constexpr Guid kPhysicalSector = guid(0xCDA348C7, 0x445D, 0x4471, 0x9CC9E9885251C556);
inline constexpr Guid kParentLocator = guid(0xA8D35F2D, 0xB30B, 0x454D, 0xABF7D3D84834AB0C);
inline constexpr std::uint32_t kHasParent = 2;  // of the second word of the file parameters

inline constexpr std::uint64_t kStateMask = 7;
inline constexpr std::uint64_t kPresent = 6, kPartlyPresent = 7;
inline constexpr std::uint64_t kPlaceMask = ~std::uint64_t{0xfffff};

/// Blocks between two bitmap entries of the block table.
constexpr std::uint64_t chunk_blocks(std::uint64_t block_bytes, std::uint64_t sector_bytes) {
  return (std::uint64_t{1} << 23) * sector_bytes / block_bytes;
}

}  // namespace faasc::vhdx
