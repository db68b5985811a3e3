#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

struct ErofsOptions {
  /// Of the file, with what lies before the file system, up to whole blocks; absent: as small as it gets.
  std::optional<std::uint64_t> size_bytes{};
  std::string label;       ///< at most 16 bytes
  std::string identity{};  ///< as Ext4Options::identity
};

struct ErofsImage {
  std::uint64_t size_bytes = 0;     ///< of the file system
  std::uint64_t payload_bytes = 0;  ///< the sum of the sizes of its files
};

/// Writes an EROFS with `rootfs` in it to `out`, whole or not at all: Linux' file system that is only read
/// (Documentation/filesystems/erofs.rst), without compression. Ends of files that fill no block lie beside
/// their inodes. Everything belongs to root and dates from second 1 of 1970; the UUID is derived as an
/// ext4's. The same tree gives the same bytes. Holes in host files become zeros, which stay holes on the
/// host.
///
/// FAASC0673 for what the format cannot hold; FAASC0676 where `size_bytes` does not hold the tree.
Result<ErofsImage> write_erofs(const Rootfs& rootfs, const ErofsOptions& options,
                               const std::filesystem::path& out);

/// The same into a file that is being made, from `offset_bytes` on: a partition. The file, which holds
/// nothing there yet, then ends with the file system.
Result<ErofsImage> write_erofs(const Rootfs& rootfs, const ErofsOptions& options, AtomicFile& out,
                               std::uint64_t offset_bytes);

}  // namespace faasc
