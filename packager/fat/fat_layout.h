#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

struct FatOptions {
  std::string label;               ///< at most 11 capitals, digits, '-' and '_'
  std::uint32_t first_sector = 0;  ///< where on its disk the volume begins, which it repeats
};

/// Where everything of a FAT32 volume will be. Holds views into the tree, which has to live as long.
struct FatLayout {
  struct File {
    std::string_view path;
    const RootfsNode* node = nullptr;  ///< a file of whatever kind
    std::uint32_t size_bytes = 0;
    std::uint32_t first_cluster = 0;  ///< 0: the file is empty
    std::uint64_t first_sector = 0;   ///< of the volume; the file is all of one piece from there on
  };
  struct Directory {
    std::uint32_t first_cluster = 0;
    std::uint32_t clusters = 0;
    std::string entries;
  };

  std::string label;
  std::uint32_t hidden_sectors = 0;
  std::uint32_t volume_id = 0;  ///< from SHA-256 over names and sizes
  std::uint32_t sectors_per_cluster = 1;
  std::uint32_t fat_sectors = 0;
  std::uint32_t total_sectors = 0;
  std::uint32_t used_clusters =
      0;  ///< the first one that is free, counted from 0; gaps before it are free too
  std::vector<Directory> directories;  ///< the root first, in order of place
  std::vector<File> files;             ///< in order of place, behind all directories
  std::uint64_t payload_bytes = 0;     ///< the sum of all files' sizes

  std::uint64_t size_bytes() const { return std::uint64_t{total_sectors} * 512; }
  std::uint64_t first_data_sector() const;
  std::uint64_t sector_of(std::uint32_t cluster) const;
  const File* find(std::string_view path) const;
};

/// Plans a FAT32 volume that holds `tree`. Names are 8.3 capitals; there are no links, and modes are dropped.
/// It has at least 33 MiB, below which FAT32 cannot be, almost all of it holes. Every file is in one piece;
/// on a disk where the volume begins at a multiple of 4 KiB, so do the files. Asks the host only how large
/// its files are.
Result<FatLayout> plan_fat(const Rootfs& tree, const FatOptions& options);

}  // namespace faasc
