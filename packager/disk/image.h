#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace faasc {

/// A named range of bytes of a disk image.
struct ImageRegion {
  std::string name;  ///< "mbr", "stage2", "bootfs", "rootfs"
  std::uint64_t offset_bytes = 0;
  std::uint64_t size_bytes = 0;
};

/// A disk image that was written, and what lies where in it.
struct Image {
  std::filesystem::path path;
  std::uint64_t size_bytes = 0;       ///< apparent
  std::uint64_t allocated_bytes = 0;  ///< what the host's file system holds for it
  std::uint64_t payload_bytes = 0;    ///< the sum of the sizes of the files in the root file system
  std::vector<ImageRegion> regions;   ///< in order of offset
  /// Bytes that came from the image that was there before, and how many of them are the same blocks of the
  /// host's file system.
  std::uint64_t reused_bytes = 0, shared_bytes = 0;
};

}  // namespace faasc
