#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <ext2fs/ext2fs.h>

#include "packager/ext4/ext4_reader.h"

// What the parts of the reader share. It is for them alone: nobody else wants libext2fs in sight.

namespace faasc {

Error ext4_damaged(std::string what);
std::string ext4_library_says(errcode_t code);

struct CloseExt4 {
  void operator()(ext2_filsys file_system) const { ext2fs_free(file_system); }
};
using Ext4Handle = std::unique_ptr<struct_ext2_filsys, CloseExt4>;

/// A run of blocks that an inode holds. A tree's own blocks have no place in the file.
struct BlockRun {
  enum class Use : std::uint8_t { Data, Unwritten, Tree };
  std::uint64_t file_block = 0, block = 0, count = 0;
  Use use = Use::Data;
};

struct Ext4Reader::State {
  Ext4Handle fs;
  /// What following the blocks of all inodes may cost: the library has no limit of its own.
  mutable std::uint64_t steps_left = 0;
  std::unordered_map<std::uint64_t, std::uint32_t> names;        // inode → number of entries that name it
  std::unordered_map<std::uint64_t, std::uint32_t> directories;  // inode → number of directories in it
  std::vector<std::string> directory_problems;
  bool has_owners = false, has_attributes = false;

  std::uint64_t block_size() const { return fs->blocksize; }
  std::uint64_t block_count() const { return ext2fs_blocks_count(fs->super); }
  void allow_steps() const {
    steps_left = 4 * block_count() + std::uint64_t{fs->super->s_inodes_count} + 65536;
  }

  Result<ext2_inode_large> inode(std::uint64_t number) const;
  /// Whether extended attributes follow the inode's fields, in what is left of its room.
  Result<bool> has_attributes_in_inode(std::uint64_t number) const;
  /// All blocks of an inode: those of the file in their order, within the file system; a tree's in between.
  Result<std::vector<BlockRun>> runs(std::uint64_t number, ext2_inode_large& inode) const;

 private:
  Result<void> add_run(std::uint64_t number, BlockRun run, std::vector<BlockRun>& runs) const;
  Result<std::vector<BlockRun>> extent_runs(std::uint64_t number, ext2_inode_large& inode) const;
  Result<std::vector<BlockRun>> block_map_runs(std::uint64_t number) const;
};

}  // namespace faasc
