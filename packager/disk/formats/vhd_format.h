#pragma once

#include <cstddef>
#include <cstdint>

#include "base/endian.h"

// Microsoft's VHD, as "Virtual Hard Disk Image Format Specification" 1.0 has it. Numbers are big-endian.
//
//   fixed    the disk's bytes | footer
//   dynamic  the footer again | header | block table | { bitmap of a block's sectors | block }* | footer
//
// We write fixed ones, whose holes cost nothing here: Azure takes no other, and wants whole MiB. Both are
// read.

namespace faasc::vhd {

struct Footer {
  char cookie[8] = {};  // "conectix"
  be32 features, version;
  be64 data_offset;  // of a dynamic disk's header
  be32 timestamp;    // seconds since 2000
  char creator[4] = {};
  be32 creator_version;
  char creator_os[4] = {};
  be64 original_size, current_size;
  be16 cylinders;
  std::uint8_t heads = 0, sectors_per_track = 0;
  be32 disk_type, checksum;
  std::uint8_t unique_id[16] = {};
  std::uint8_t saved_state = 0;
  std::uint8_t reserved[427] = {};
};
static_assert(sizeof(Footer) == 512 && offsetof(Footer, current_size) == 48 &&
              offsetof(Footer, checksum) == 64 && offsetof(Footer, saved_state) == 84);

inline constexpr std::uint32_t kFixed = 2, kDynamic = 3, kDifferencing = 4;
inline constexpr std::uint64_t kNoOffset = 0xffffffffffffffff;

/// The beginning of a dynamic disk's header; the rest is about parents.
struct DynamicHeader {
  char cookie[8] = {};  // "cxsparse"
  be64 data_offset, table_offset;
  be32 version, block_count, block_bytes, checksum;
};
static_assert(sizeof(DynamicHeader) == 40);

inline constexpr std::uint32_t kNoBlock = 0xffffffff;

}  // namespace faasc::vhd
