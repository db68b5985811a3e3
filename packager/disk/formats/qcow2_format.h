#pragma once

#include <cstddef>
#include <cstdint>

#include "base/endian.h"

// QEMU's qcow2, as its documentation (docs/interop/qcow2.txt) has it. All numbers are big-endian. The file is
// a sequence of clusters:
//
//   header | refcount table → refcount blocks: how often each cluster of the file is used
//          | L1 table → L2 tables: where each cluster of the disk is; 0: nowhere, all zeros
//          | clusters of data
//
// As we write it: clusters of 64 KiB in exactly this order, each used once, no snapshots, no backing file.

namespace faasc::qcow2 {

struct Header {
  be32 magic, version;
  be64 backing_file_offset;  // 0: none
  be32 backing_file_size, cluster_bits;
  be64 size;  // of the disk, in bytes
  be32 crypt_method, l1_entries;
  be64 l1_offset, refcount_table_offset;
  be32 refcount_table_clusters, snapshot_count;
  be64 snapshots_offset;
  // From version 3 on.
  be64 incompatible_features, compatible_features, autoclear_features;
  be32 refcount_order, header_length;
};
static_assert(sizeof(Header) == 104 && offsetof(Header, size) == 24 && offsetof(Header, l1_offset) == 40 &&
              offsetof(Header, incompatible_features) == 72);

inline constexpr std::uint32_t kMagic = 0x514649fb;  // "QFI\xfb"
inline constexpr std::uint32_t kVersion2HeaderBytes = 72;

// A reader must refuse incompatible features that it does not know. What of them does not matter here: bit 0,
// the reference counts may be wrong, as they are after a crash; a reader has no use for them.
inline constexpr std::uint64_t kDirty = 1;
inline constexpr std::uint64_t kCorrupt = 2;
inline constexpr std::uint64_t kExternalData = 4;
inline constexpr std::uint64_t kCompressionType = 8;  // other than deflate
inline constexpr std::uint64_t kExtendedL2 = 16;

// Entries of L1 and L2 tables.
inline constexpr std::uint64_t kOffsetMask = 0x00fffffffffffe00;
inline constexpr std::uint64_t kUsedOnce = std::uint64_t{1} << 63;
inline constexpr std::uint64_t kCompressed = std::uint64_t{1} << 62;
inline constexpr std::uint64_t kReadsAsZeros = 1;  // version 3

}  // namespace faasc::qcow2
