#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "packager/ext4/ext4_writer.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

inline constexpr std::uint64_t kExt4Block = 4096;
inline constexpr std::uint32_t kExt4RootInode = 2;
inline constexpr std::uint32_t kExt4FirstInode = 11;
inline constexpr std::size_t kExt4InlineSymlink = 60;  ///< a target shorter than this lies in the inode

/// One inode of the file system to be. Offsets and lengths of data are in blocks from the start of the file.
struct Ext4Node {
  struct Run {
    std::uint64_t first_block = 0;
    std::uint64_t blocks = 0;
  };
  const RootfsNode* source = nullptr;  ///< null for the root directory; never a hard link
  std::string_view path;
  std::uint32_t inode = 0;
  std::uint16_t mode = 0;  ///< type and permission bits
  std::uint32_t links = 1;
  std::uint64_t size_bytes = 0;
  std::vector<Run> data;  ///< where the file has blocks; the rest is holes
  std::string directory;  ///< a directory's blocks

  std::uint64_t blocks() const;
};

/// What goes where in the file system, but for block numbers.
struct Ext4Plan {
  std::vector<Ext4Node> nodes;  ///< in inode order: the root directory, then the tree in its order
  std::uint64_t data_blocks = 0;
  std::uint64_t payload_bytes = 0;
  std::uint8_t uuid[16] = {};
  std::uint8_t hash_seed[16] = {};
};

/// Looks at the sizes and holes of host files, reads none. The plan points into `rootfs`.
Result<Ext4Plan> plan_ext4(const Rootfs& rootfs, const Ext4Options& options);

/// A directory's entry. Types are those of the format: 1 file, 2 directory, 7 symbolic link.
struct Ext4DirectoryEntry {
  std::uint32_t inode = 0;
  std::uint8_t type = 1;
  std::string_view name;
};

/// The blocks of a directory without an index. Entries do not cross blocks, and the last of a block takes
/// what is left of it.
std::string ext4_directory(const std::vector<Ext4DirectoryEntry>& entries);

}  // namespace faasc
