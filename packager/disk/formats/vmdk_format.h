#pragma once

#include <cstddef>
#include <cstdint>

#include "base/endian.h"

// VMware's hosted sparse extent, as "Virtual Disk Format 5.0" has it, with its descriptor embedded. Numbers
// are little-endian, places are in sectors of 512 bytes. The disk is cut into grains; a grain table tells
// where each of 512 grains is, the grain directory where each table is; 0: nowhere, all zeros.
//
// "streamOptimized", which we write because ESX, vSphere (in an OVA) and the importers of AWS, Google and
// Azure's partners take it where they refuse others, can be written front to back:
//
//   header | descriptor | { grain marker, deflated }* | table marker, table | … | directory marker, directory
//          | footer marker, the header again, now with the directory's place | end marker
//
// "monolithicSparse", qemu-img's default, has directory and tables in front and grains as they are.

namespace faasc::vmdk {

inline constexpr std::uint64_t kSector = 512;

struct Header {
  le32 magic, version, flags;
  le64 capacity, grain_sectors;  // of the disk, and of a grain
  le64 descriptor_at, descriptor_sectors;
  le32 entries_per_table;  // 512
  le64 redundant_directory_at, directory_at, overhead_sectors;
  std::uint8_t unclean_shutdown = 0;
  char line_ends[4] = {'\n', ' ', '\r', '\n'};  // damaged where the file was sent as text
  le16 compression;
  std::uint8_t padding[433] = {};
};
static_assert(sizeof(Header) == kSector && offsetof(Header, directory_at) == 56 &&
              offsetof(Header, compression) == 77);

inline constexpr std::uint32_t kMagic = 0x564d444b;  // "KDMV"
inline constexpr std::uint32_t kValidLineEnds = 1, kZeroGrains = 4, kCompressedGrains = 1u << 16,
                               kMarkers = 1u << 17;
inline constexpr std::uint16_t kDeflate = 1;
inline constexpr std::uint64_t kDirectoryAtEnd = 0xffffffffffffffff;

/// In front of what a stream holds. Of a grain: its first sector of the disk and the number of bytes, which
/// follow right away. Of anything else: the number of sectors after this one, 0, and the type.
struct Marker {
  le64 value;
  le32 bytes, type;
};
static_assert(sizeof(Marker) == 16);
inline constexpr std::size_t kGrainMarkerBytes = 12;
inline constexpr std::uint32_t kEndOfStream = 0, kTable = 1, kDirectory = 2, kFooter = 3;

}  // namespace faasc::vmdk
