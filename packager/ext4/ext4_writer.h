#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

struct Ext4Options {
  std::uint64_t free_bytes = 0;  ///< room for data that the guest will write; 0: the image is exactly full
  /// Of the file, with what lies before the file system, up to whole blocks; absent: as small as it gets.
  std::optional<std::uint64_t> size_bytes{};
  std::string label;  ///< at most 16 bytes
  /// Goes into the UUID, which knows nothing of what is in host files: a digest of them, where one is known.
  std::string identity{};
  /// For a file system that is written to for longer than one machine lives: after a crash the kernel goes by
  /// it, and finds everything as it was before or after each operation.
  bool journal = false;
};

struct Ext4Image {
  std::uint64_t size_bytes = 0;     ///< of the file system and the file
  std::uint64_t payload_bytes = 0;  ///< the sum of the sizes of its files
};

/// Writes a bare ext4 file system (Documentation/filesystems/ext4) with `rootfs` in it to `out`, whole or not
/// at all, by libext2fs: no root, no mount. Blocks of 4 KiB, inodes of 256 bytes, extents; no checksums, no
/// reserve for root, no lost+found; a journal only where it is asked for. Everything belongs to root and
/// dates from second 1 of 1970; the UUID follows from the label, the identity and the tree's names, modes,
/// sizes, link targets and inline bytes. The same tree gives the same bytes, and holes in host files stay
/// holes.
Result<Ext4Image> write_ext4(const Rootfs& rootfs, const Ext4Options& options,
                             const std::filesystem::path& out);

/// The same into a file that is being made, from `offset_bytes` on: a partition. The file, which holds
/// nothing there yet, then ends with the file system.
Result<Ext4Image> write_ext4(const Rootfs& rootfs, const Ext4Options& options, AtomicFile& out,
                             std::uint64_t offset_bytes);

}  // namespace faasc
