#pragma once

#include <cstdint>
#include <string_view>

namespace faasc {

/// How the root file system of a Linux image is carried.
enum class LinuxRoot : std::uint8_t {
  Ext4,       ///< a disk, which can be written to
  Erofs,      ///< a disk that is only read; what is written is kept in memory
  Initramfs,  ///< no disk: the VMM loads it with the kernel, and all of it is in memory
};

constexpr std::string_view name_of(LinuxRoot root) {
  switch (root) {
    case LinuxRoot::Ext4:
      return "ext4";
    case LinuxRoot::Erofs:
      return "erofs";
    case LinuxRoot::Initramfs:
      break;
  }
  return "initramfs";
}

}  // namespace faasc
