#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "packager/erofs/erofs_writer.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// One inode of the file system to be.
struct ErofsNode {
  const RootfsNode* source = nullptr;  ///< null for the root directory; never a hard link
  std::string_view path;
  std::uint64_t number = 0;
  std::uint16_t mode = 0;  ///< type and permission bits
  std::uint32_t links = 1;
  std::uint64_t size_bytes = 0;
  std::uint64_t first_block = 0;
  bool has_tail = false;  ///< what is left over of whole blocks follows the inode
  std::string directory;  ///< a directory's bytes

  /// Whether its links and its size need the longer form.
  bool is_extended() const;
  std::uint64_t inode_bytes() const { return is_extended() ? 64 : 32; }
  std::uint64_t tail_bytes() const;
  std::uint64_t blocks() const;
};

/// Where everything goes: the superblock, then inodes with their tails, then the blocks of directories and
/// files, both in the tree's order.
struct ErofsPlan {
  std::vector<ErofsNode> nodes;  ///< the root directory, then the tree in its order
  std::uint64_t metadata_end = 0;
  std::uint64_t blocks = 0;
  std::uint64_t payload_bytes = 0;
  std::array<std::uint8_t, 16> uuid{};
};

/// Looks at the sizes of host files, reads none. The plan points into `rootfs`.
Result<ErofsPlan> plan_erofs(const Rootfs& rootfs, const ErofsOptions& options);

}  // namespace faasc
