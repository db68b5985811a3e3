#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "packager/disk/image.h"
#include "packager/disk/linux_root.h"
#include "packager/fat/fat_reader.h"

namespace faasc {

/// What a Linux disk of ours consists of. Its root is for the reader of its format; everything else is here.
struct LinuxDisk {
  bool has_partitions = false;       ///< false: the disk is the root, and a VMM loads the kernel
  bool bios_bootable = false;        ///< has a boot sector that loads a kernel
  bool uefi_bootable = false;        ///< has a loader for UEFI
  LinuxRoot root = LinuxRoot::Ext4;  ///< what it is in
  ImageRegion rootfs;                ///< where that lies
  std::vector<ImageRegion> regions;  ///< "mbr", "esp", "rootfs", in order of offset
  std::optional<FatReader> esp;      ///< kernel, initramfs, command line, loader; absent where not FAT32
};

/// Opens a raw disk image or a block device: a bare ext4 or EROFS, or a partition table with one in one of
/// its partitions; or an initramfs, which is no disk. FAASC0580 where there is none, FAASC0568 where a
/// partition is not on the disk.
Result<LinuxDisk> open_linux_disk(const std::filesystem::path& path);
Result<LinuxDisk> open_linux_disk(std::shared_ptr<const ByteSource> source);

}  // namespace faasc
