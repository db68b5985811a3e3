#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "packager/disk/image.h"
#include "packager/fat/fat_reader.h"
#include "packager/tfs/tfs_reader.h"

namespace faasc {

/// A Nanos disk, whoever wrote it, or a bare Nanos file system.
struct NanosDisk {
  bool has_partitions = false;  ///< false: a volume, which is all of the disk
  bool bios_bootable = false;   ///< has a boot loader and a boot partition
  bool uefi_bootable = false;   ///< has a system partition with a loader, and a boot partition
  std::vector<ImageRegion> regions;
  std::optional<FatReader> esp;  ///< absent where the disk has no system partition, or one that is not FAT32
  std::optional<TfsReader> bootfs;  ///< absent where the first partition holds no file system
  std::optional<TfsReader> rootfs;  ///< or the volume
};

/// Opens a raw disk image or a block device: partition table, then all file systems.
Result<NanosDisk> open_nanos_disk(const std::filesystem::path& path);
Result<NanosDisk> open_nanos_disk(std::shared_ptr<const ByteSource> source);

}  // namespace faasc
