#pragma once

#include <array>
#include <cstdint>

#include "base/endian.h"

// The layout of an EROFS on a disk: Documentation/filesystems/erofs.rst and fs/erofs/erofs_fs.h of Linux.
// Everything is counted in blocks of 4 KiB; an inode is found by its number, which counts slots of 32 bytes
// from the block that the superblock names.

namespace faasc::erofs {

inline constexpr std::uint64_t kBlock = 4096;
inline constexpr std::uint8_t kBlockBits = 12;
inline constexpr std::uint64_t kSuperblockOffset = 1024;
inline constexpr std::uint32_t kMagic = 0xe0f5e1e2;
inline constexpr std::uint64_t kSlot = 32;
inline constexpr std::size_t kLabelBytes = 16;

struct Superblock {
  le32 magic;
  le32 checksum;
  le32 compatible_features;
  std::uint8_t block_bits;
  std::uint8_t extension_slots;
  le16 root_number;
  le64 inode_count;
  le64 build_time;
  le32 build_time_ns;
  le32 blocks;
  le32 metadata_block;
  le32 attributes_block;
  std::array<std::uint8_t, 16> uuid;
  std::array<char, kLabelBytes> label;
  le32 incompatible_features;
  le16 compressions;
  le16 extra_devices;
  le16 device_slot;
  std::uint8_t directory_block_bits;
  std::array<std::uint8_t, 37> reserved;
};
static_assert(sizeof(Superblock) == 128);

/// How an inode's bytes are kept: in whole blocks one after the other, or so but for what is left over, which
/// follows the inode. The others are compressed, or in pieces.
enum Layout : std::uint16_t { kPlain = 0, kInline = 2 };

struct CompactInode {
  le16 format;  ///< bit 0: extended; bits 1 to 3: layout
  le16 attribute_count;
  le16 mode;
  le16 links;
  le32 size;
  le32 reserved;
  le32 first_block;
  le32 number;  ///< for stat() of 32-bit programs only
  le16 uid, gid;
  le32 reserved2;
};
static_assert(sizeof(CompactInode) == 32);

struct ExtendedInode {
  le16 format;
  le16 attribute_count;
  le16 mode;
  le16 reserved;
  le64 size;
  le32 first_block;
  le32 number;
  le32 uid, gid;
  le64 modified;
  le32 modified_ns;
  le32 links;
  std::array<std::uint8_t, 16> reserved2;
};
static_assert(sizeof(ExtendedInode) == 64);

/// A block of a directory begins with these, and the names follow. The first one's offset tells how many
/// there are; the last name ends with a NUL, or with the block. All are in the order of their bytes.
struct DirectoryEntry {
  le64 number;
  le16 name_offset;
  std::uint8_t type;
  std::uint8_t reserved;
};
static_assert(sizeof(DirectoryEntry) == 12);
inline constexpr std::uint8_t kFileType = 1, kDirectoryType = 2, kSymlinkType = 7;

}  // namespace faasc::erofs
