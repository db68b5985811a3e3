#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "packager/disk/formats/disk_contents.h"
#include "packager/disk/formats/disk_format.h"
#include "packager/disk/image.h"
#include "packager/kernels/kernel.h"
#include "packager/rootfs/stored_tree.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

/// A part of an image that a file system is in.
struct ImagePart {
  std::string name;    ///< "root", "boot" (Nanos' kernel), "esp" (the system partition of UEFI)
  ImageRegion region;  ///< where it lies on the disk
  std::shared_ptr<const StoredTree> tree;
};

/// An image of either family, whoever made it, in any format of disks: what `faasc image` works on. Nothing
/// is mounted and no rights are needed.
struct OpenedImage {
  std::filesystem::path path;
  DiskFormat format = DiskFormat::Raw;
  KernelFamily family = KernelFamily::Nanos;
  bool has_partitions = false;  ///< false: the file system is all of the disk
  bool bios_bootable = false, uefi_bootable = false;
  std::vector<ImageRegion> regions;  ///< in order of offset
  std::vector<ImagePart> parts;      ///< the root comes first
  TfsTuple attributes;               ///< of Nanos' root: the kernel's configuration
  std::shared_ptr<const DiskContents> disk;

  const StoredTree& root() const { return *parts.front().tree; }
  /// FAASC0666 where there is none of this name.
  Result<const ImagePart*> part(std::string_view name) const;
};

Result<OpenedImage> open_image(const std::filesystem::path& path);
/// The same for the bytes of a disk; `path` is for messages.
Result<OpenedImage> open_image(std::shared_ptr<const DiskContents> disk, const std::filesystem::path& path);

/// What a path of an image leads to, as a guest would find it: symbolic links are followed, within the image.
/// The last one of them only where `last` says so. Null is the root directory. FAASC0665 where it leads
/// nowhere, with the nearest name.
enum class LastLink : std::uint8_t { Follow, Keep };
Result<const StoredEntry*> find_in_image(const StoredTree& tree, std::string_view path, LastLink last);

/// The entries below a directory (null: the root), itself not included, in the tree's order.
struct StoredRange {
  const StoredEntry *first = nullptr, *past = nullptr;
  const StoredEntry* begin() const { return first; }
  const StoredEntry* end() const { return past; }
};
StoredRange below(const StoredTree& tree, const StoredEntry* directory);

}  // namespace faasc
