#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "packager/disk/mbr.h"

namespace faasc {

/// One piece of what a Linux disk's boot sector loads: sectors in a row, and where in memory they go.
struct LinuxBootPiece {
  le32 first_sector, address, sector_count;  ///< a count of 0 ends the list
};
static_assert(sizeof(LinuxBootPiece) == 12);

/// Sector 0 of a Linux disk that boots by itself. The code (runtimes/linux/boot) loads the pieces, in their
/// order, and starts the kernel by Linux' 16-bit boot protocol. It looks at nothing else: whatever has to be
/// known about the kernel was known when the disk was written.
struct LinuxBootSector {
  std::array<std::uint8_t, 0x180> code{};
  std::array<char, 8> magic{};  ///< kLinuxBootMagic
  std::array<LinuxBootPiece, 4> pieces{};
  std::array<std::uint8_t, 6> disk_signature{};  ///< as others use these bytes; zeros
  std::array<MbrEntry, 4> entries{};
  le16 signature;
};
static_assert(sizeof(LinuxBootSector) == kDiskSectorSize && alignof(LinuxBootSector) == 1);
static_assert(offsetof(LinuxBootSector, pieces) == 0x188 && offsetof(LinuxBootSector, entries) == 0x1be);
inline constexpr std::string_view kLinuxBootMagic = "FAASCLNX";

}  // namespace faasc
