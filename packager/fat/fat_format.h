#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/endian.h"

// FAT32, as "Microsoft Extensible Firmware Initiative FAT32 File System Specification" 1.03 has it, which is
// what UEFI reads system partitions by. A volume is
//
//   boot sector | FSInfo | … backup of both at sector 6 | FAT | FAT again | clusters, numbered from 2
//
// A FAT has 32 bits for each cluster, of which the upper 4 are not looked at: 0 free, 0x0ffffff8 and up the
// last of a file, otherwise the number of the file's next cluster. A directory is a file of 32-byte entries;
// the first that begins with 0 ends it. A name that does not fit 8.3 capitals is in entries of its own before
// the file's, last piece first.

namespace faasc::fat {

inline constexpr std::uint32_t kSectorSize = 512;

struct BootSector {
  std::array<std::uint8_t, 3> jump{};
  std::array<char, 8> system{};
  le16 bytes_per_sector;
  std::uint8_t sectors_per_cluster = 0;
  le16 reserved_sectors;  ///< before the first FAT
  std::uint8_t fat_count = 0;
  le16 root_entries;      ///< 0: not FAT12 or FAT16
  le16 total_sectors_16;  ///< 0
  std::uint8_t media = 0;
  le16 fat_sectors_16;  ///< 0
  le16 sectors_per_track, heads;
  le32 hidden_sectors;  ///< before the volume, on its disk
  le32 total_sectors;
  le32 fat_sectors;  ///< of one FAT
  le16 flags;
  le16 version;
  le32 root_cluster;
  le16 info_sector, backup_sector;
  std::array<std::uint8_t, 12> reserved{};
  std::uint8_t drive = 0;
  std::uint8_t reserved_1 = 0;
  std::uint8_t extended_signature = 0;  ///< 0x29: the next three are there
  le32 volume_id;
  std::array<char, 11> label{};
  std::array<char, 8> type{};  ///< "FAT32   ", which says nothing
  std::array<std::uint8_t, 420> code{};
  le16 signature;
};
static_assert(sizeof(BootSector) == kSectorSize && alignof(BootSector) == 1);
static_assert(offsetof(BootSector, total_sectors) == 32 && offsetof(BootSector, root_cluster) == 44 &&
              offsetof(BootSector, volume_id) == 67 && offsetof(BootSector, signature) == 510);
inline constexpr std::uint16_t kSignature = 0xaa55;

struct InfoSector {
  le32 lead_signature;
  std::array<std::uint8_t, 480> reserved{};
  le32 signature;
  le32 free_clusters, next_free;
  std::array<std::uint8_t, 12> reserved_1{};
  le32 trail_signature;
};
static_assert(sizeof(InfoSector) == kSectorSize && offsetof(InfoSector, signature) == 484);

struct DirectoryEntry {
  std::array<char, 11> name{};  ///< padded with spaces; first byte 0xe5: deleted
  std::uint8_t attributes = 0;
  std::uint8_t lower_case = 0;  ///< 0x08: the base is in small letters, 0x10: the extension is
  std::uint8_t created_centiseconds = 0;
  le16 created_time, created_date, accessed_date;
  le16 cluster_high;
  le16 modified_time, modified_date;
  le16 cluster_low;
  le32 size;  ///< 0 for directories
};
static_assert(sizeof(DirectoryEntry) == 32 && offsetof(DirectoryEntry, cluster_high) == 20 &&
              offsetof(DirectoryEntry, size) == 28);

struct LongNameEntry {
  std::uint8_t order = 0;  ///< from 1; 0x40 marks the last piece, which comes first
  std::array<le16, 5> name_1;
  std::uint8_t attributes = 0;  ///< kLongName
  std::uint8_t type = 0;
  std::uint8_t checksum = 0;  ///< of the short name
  std::array<le16, 6> name_2;
  le16 zero;
  std::array<le16, 2> name_3;
};
static_assert(sizeof(LongNameEntry) == 32 && offsetof(LongNameEntry, name_2) == 14);

inline constexpr std::uint8_t kVolumeLabel = 0x08, kDirectory = 0x10, kArchive = 0x20, kLongName = 0x0f;
inline constexpr std::uint8_t kDeleted = 0xe5;
inline constexpr std::uint32_t kClusterMask = 0x0fffffff, kLastCluster = 0x0ffffff8;
inline constexpr std::uint32_t kFirstCluster = 2;
inline constexpr std::uint32_t kLeastClusters = 65'525;  ///< with fewer, a reader takes it for FAT16
inline constexpr std::uint16_t kFirstDay = 0x0021;       ///< 1980-01-01

}  // namespace faasc::fat
