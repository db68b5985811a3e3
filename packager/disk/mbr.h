#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/endian.h"
#include "base/result.h"

namespace faasc {

inline constexpr std::uint64_t kDiskSectorSize = 512;

/// One of the four entries of a partition table.
struct MbrEntry {
  std::uint8_t status = 0;  ///< 0x80: bootable
  std::array<std::uint8_t, 3> first_chs{};
  std::uint8_t type = 0;  ///< 0: unused
  std::array<std::uint8_t, 3> last_chs{};
  le32 first_sector, sector_count;
};
static_assert(sizeof(MbrEntry) == 16 && alignof(MbrEntry) == 1);
static_assert(offsetof(MbrEntry, type) == 4 && offsetof(MbrEntry, first_sector) == 8);

inline constexpr std::uint8_t kMbrLinux = 0x83;
inline constexpr std::uint8_t kMbrEfiSystem = 0xef;

/// What Nanos' first stage knows about its second: where in memory it goes and how long it is. It ends where
/// the partition table begins.
struct NanosBootRegion {
  le64 base, length;  ///< the length is a multiple of a sector
  le32 type;          ///< 12
};
static_assert(sizeof(NanosBootRegion) == 20 && offsetof(NanosBootRegion, type) == 16);
inline constexpr std::uint32_t kNanosBootRegionType = 12;

/// Sector 0 of a disk with a master boot record.
struct Mbr {
  std::array<std::uint8_t, 426> code{};
  NanosBootRegion boot_region;
  std::array<MbrEntry, 4> entries{};
  le16 signature;
};
static_assert(sizeof(Mbr) == kDiskSectorSize && alignof(Mbr) == 1);
static_assert(offsetof(Mbr, boot_region) == 0x1aa && offsetof(Mbr, entries) == 0x1be &&
              offsetof(Mbr, signature) == 0x1fe);
inline constexpr std::uint16_t kMbrSignature = 0xaa55;

/// The first 512 bytes of `bytes`, which has to have them.
Mbr mbr_from_bytes(std::string_view bytes);
std::string_view bytes_of(const Mbr& mbr);

/// An entry of a partition table. A partition of more sectors than fit the field says that it has as many as
/// do fit.
MbrEntry mbr_partition(std::uint64_t offset_bytes, std::uint64_t size_bytes, std::uint8_t status,
                       std::uint8_t type = kMbrLinux);

/// Checks Nanos' boot loader, the contents of boot.img: whole sectors, a signature, and the length that the
/// first stage will load. `name` is for the message.
Result<void> check_boot_blob(std::string_view blob, std::string_view name);

}  // namespace faasc
