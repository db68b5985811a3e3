#include "packager/ext4/ext4_writer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include <sys/stat.h>

#include <ext2fs/ext2fs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "packager/ext4/codes.h"
#include "packager/ext4/ext4_library_error.h"
#include "packager/ext4/ext4_plan.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

constexpr std::uint32_t kTime = 1;  // 0 would make the library ask the clock
constexpr std::uint64_t kInodesPerBlock = 16;
constexpr std::uint64_t kMaxExtentBlocks = 32768;
constexpr std::uint64_t kMaxBlocks = UINT32_MAX - 1;
constexpr std::size_t kCopyBytes = 1 << 20;

struct AbandonExt4 {
  void operator()(ext2_filsys file_system) const { ext2fs_free(file_system); }
};
using Ext4Handle = std::unique_ptr<struct_ext2_filsys, AbandonExt4>;

struct FreeExtents {
  void operator()(ext2_extent_handle_t handle) const { ext2fs_extent_free(handle); }
};
using ExtentHandle = std::unique_ptr<std::remove_pointer_t<ext2_extent_handle_t>, FreeExtents>;

class Ext4Writer {
 public:
  Ext4Writer(const Ext4Plan& plan, const Ext4Options& options, AtomicFile& out, std::uint64_t offset_bytes)
      : plan_(plan), options_(options), out_(out), offset_(offset_bytes) {}

  Result<std::uint64_t> write();

 private:
  struct Placed {
    Ext4Node::Run run;
    std::uint64_t at = 0;  // block of the file system
  };

  Result<void> initialize();
  Result<Ext4Handle> initialize(std::uint64_t blocks, std::uint64_t inodes);
  Result<std::vector<Placed>> place(const Ext4Node& node);
  Result<void> write_data(const Ext4Node& node, const std::vector<Placed>& placed);
  Result<void> copy_host_file(const Ext4Node& node, const fs::path& path, const std::vector<Placed>& placed);
  Result<void> copy_stored_file(const StoredFile& file, const std::vector<Placed>& placed);
  Result<void> write_bytes(std::string_view bytes, const std::vector<Placed>& placed);
  Result<void> write_inode(const Ext4Node& node, const std::vector<Placed>& placed);
  Error failed(std::string_view doing, errcode_t code) const {
    return ext4_library_error(doing, out_.path(), code);
  }

  const Ext4Plan& plan_;
  const Ext4Options& options_;
  AtomicFile& out_;
  std::uint64_t offset_;  // of the file system in the file
  Ext4Handle fs_;
  std::uint64_t next_block_ = 0;
  blk_t journal_blocks_ = 0;
  std::vector<char> buffer_;
};

Result<Ext4Handle> Ext4Writer::initialize(std::uint64_t blocks, std::uint64_t inodes) {
  ext2_super_block parameters{};
  parameters.s_rev_level = EXT2_DYNAMIC_REV;
  parameters.s_log_block_size = 2;
  ext2fs_blocks_count_set(&parameters, blocks);
  parameters.s_inodes_count = static_cast<__u32>(inodes);
  parameters.s_inode_size = 256;
  parameters.s_min_extra_isize = parameters.s_want_extra_isize = 32;
  parameters.s_log_groups_per_flex = 4;
  ext2fs_set_feature_filetype(&parameters);
  ext2fs_set_feature_extents(&parameters);
  ext2fs_set_feature_flex_bg(&parameters);
  ext2fs_set_feature_sparse_super(&parameters);
  ext2fs_set_feature_large_file(&parameters);
  ext2fs_set_feature_huge_file(&parameters);
  ext2fs_set_feature_dir_nlink(&parameters);
  ext2fs_set_feature_extra_isize(&parameters);
  ext2_filsys handle = nullptr;
  // The path must outlive the call only; the library opens the file by it.
  if (errcode_t code = ext2fs_initialize(out_.working_path().c_str(), EXT2_FLAG_64BITS, &parameters,
                                         unix_io_manager, &handle))
    return code == EXT2_ET_TOO_MANY_INODES || code == EXT2_ET_TOOSMALL
               ? Result<Ext4Handle>(Ext4Handle())
               : Result<Ext4Handle>(failed("lay out", code));
  Ext4Handle owned(handle);
  owned->now = kTime;
  if (offset_ != 0)
    if (errcode_t code = io_channel_set_options(handle->io, ("offset=" + std::to_string(offset_)).c_str()))
      return failed("lay out", code);
  if (errcode_t code = ext2fs_allocate_tables(handle)) return failed("lay out", code);
  return owned;
}

Error too_small(std::uint64_t needed_blocks, std::uint64_t asked_blocks) {
  auto kibibytes = [](std::uint64_t blocks) { return std::to_string(blocks * (kExt4Block / 1024)) + "KiB"; };
  return {Fault::Input,
          kExt4TooSmall,
          "a disk of " + kibibytes(asked_blocks) + " is too small by " +
              kibibytes(needed_blocks - asked_blocks) + ": it needs " + kibibytes(needed_blocks),
          {},
          "give it at least " + kibibytes(needed_blocks) + ", or leave the size open"};
}

/// Finds the size at which everything fits: how much the tables take depends on the size, so it is tried.
Result<void> Ext4Writer::initialize() {
  // A file needs a block for every 340 runs of blocks beyond its first four, and runs also end where groups
  // keep copies of the superblock.
  std::uint64_t extent_blocks = 0;
  for (const Ext4Node& node : plan_.nodes) {
    std::uint64_t runs = node.data.size() + 2 * (node.blocks() / kMaxExtentBlocks);
    if (runs > 4) extent_blocks += 2 + runs / 100;
  }
  std::uint64_t spare_blocks = 0, spare_inodes = 0;
  if (options_.free_bytes > 0) {
    spare_blocks = (options_.free_bytes + kExt4Block - 1) / kExt4Block;
    spare_inodes = 64 + options_.free_bytes / 16384;
    spare_blocks += 16 + spare_blocks / 256;  // for directories and extents
  }
  if (options_.journal) {
    // What mke2fs chooses; it gives file systems of less than 8 MiB none.
    constexpr int kLeastJournalBlocks = 1024;
    journal_blocks_ = static_cast<blk_t>(
        std::max(ext2fs_default_journal_size(plan_.data_blocks + spare_blocks), kLeastJournalBlocks));
    spare_blocks += journal_blocks_ + 2;  // and its extents
  }
  const std::uint64_t needed = plan_.data_blocks + extent_blocks + spare_blocks;
  const std::uint64_t inodes = kExt4FirstInode - 1 + plan_.nodes.size() - 1 + spare_inodes;
  std::uint64_t blocks = needed + inodes / kInodesPerBlock + 4;
  const std::uint64_t before = offset_ / kExt4Block;
  const std::uint64_t whole = (options_.size_bytes.value_or(0) + kExt4Block - 1) / kExt4Block;
  const std::uint64_t asked = whole - std::min(whole, before);
  bool sized = false;  // first as small as it gets, to see whether that is what was asked for or less
  for (;;) {
    if (blocks > kMaxBlocks || inodes > UINT32_MAX - 4096)
      return Error{Fault::Input,
                   kExt4TooLarge,
                   "the file system needs " + std::to_string(blocks) + " blocks and " +
                       std::to_string(inodes) + " inodes; at most " + std::to_string(kMaxBlocks) +
                       " are possible",
                   {},
                   {}};
    // Past the end of the file so that the library finds it as large as it will be; a hole costs nothing.
    if (::ftruncate(out_.fd().get(), static_cast<off_t>(offset_ + blocks * kExt4Block)) != 0)
      return io_error("write", out_.path(), errno);
    FAASC_TRY(fs_, initialize(blocks, inodes));
    if (!fs_) {
      blocks += std::max<std::uint64_t>(8, inodes / 16);  // too small for its tables, or for so many inodes
      continue;
    }
    // The library drops a last group that could hold little but its own tables.
    std::uint64_t got = ext2fs_blocks_count(fs_->super), free = ext2fs_free_blocks_count(fs_->super);
    if (free >= needed && (!options_.size_bytes || sized)) break;
    if (sized) return too_small(whole + needed - free, whole);
    if (free >= needed) {
      if (asked < got) return too_small(before + got, whole);
      sized = true;
      blocks = asked;
      continue;
    }
    blocks = std::max(blocks, got) + std::max<std::uint64_t>(needed - free, got < blocks ? 64 : 1);
  }
  std::memcpy(fs_->super->s_uuid, plan_.uuid, 16);
  std::memcpy(fs_->super->s_hash_seed, plan_.hash_seed, 16);
  options_.label.copy(reinterpret_cast<char*>(fs_->super->s_volume_name), sizeof fs_->super->s_volume_name);
  fs_->super->s_mkfs_time = fs_->super->s_lastcheck = kTime;
  fs_->super->s_max_mnt_count = -1;
  fs_->super->s_creator_os = EXT2_OS_LINUX;
  fs_->super->s_def_hash_version = EXT2_HASH_HALF_MD4;
  ext2fs_r_blocks_count_set(fs_->super, 0);
  for (ext2_ino_t inode = 1; inode < kExt4FirstInode; ++inode)
    ext2fs_inode_alloc_stats2(fs_.get(), inode, +1, inode == kExt4RootInode);
  return {};
}

Result<std::vector<Ext4Writer::Placed>> Ext4Writer::place(const Ext4Node& node) {
  std::vector<Placed> placed;
  const std::uint64_t last = ext2fs_blocks_count(fs_->super) - 1;
  for (Ext4Node::Run run : node.data) {
    while (run.blocks > 0) {
      blk64_t first = 0, end = 0;
      if (errcode_t code = ext2fs_find_first_zero_block_bitmap2(fs_->block_map, next_block_, last, &first))
        return failed("fill", code == ENOENT ? EXT2_ET_BLOCK_ALLOC_FAIL : code);
      std::uint64_t count = std::min<std::uint64_t>({run.blocks, kMaxExtentBlocks, last + 1 - first});
      if (ext2fs_find_first_set_block_bitmap2(fs_->block_map, first, first + count - 1, &end) == 0)
        count = end - first;
      ext2fs_block_alloc_stats_range(fs_.get(), first, static_cast<blk_t>(count), +1);
      next_block_ = first + count;
      placed.push_back({{run.first_block, count}, first});
      run.first_block += count;
      run.blocks -= count;
    }
  }
  return placed;
}

Result<void> Ext4Writer::write_bytes(std::string_view bytes, const std::vector<Placed>& placed) {
  for (const Placed& piece : placed)
    FAASC_CHECK(write_all_at(out_.fd(),
                             bytes.substr(piece.run.first_block * kExt4Block, piece.run.blocks * kExt4Block),
                             offset_ + piece.at * kExt4Block, out_.path()));
  return {};
}

Result<void> Ext4Writer::copy_host_file(const Ext4Node& node, const fs::path& path,
                                        const std::vector<Placed>& placed) {
  auto changed = [&] {
    return Error{Fault::Input,
                 kExt4InputChanged,
                 "'" + path.string() + "' changed its size while it was read",
                 {},
                 "run the command again once the file is complete"};
  };
  FAASC_TRY(Fd in, open_for_reading(path));
  buffer_.resize(kCopyBytes);
  for (const Placed& piece : placed) {
    std::uint64_t from = piece.run.first_block * kExt4Block;
    std::uint64_t left = std::min(piece.run.blocks * kExt4Block, node.size_bytes - from);
    for (std::uint64_t to = offset_ + piece.at * kExt4Block; left > 0;) {
      FAASC_CHECK(check_interrupt());
      ssize_t count = ::pread(in.get(), buffer_.data(), std::min<std::uint64_t>(left, buffer_.size()),
                              static_cast<off_t>(from));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return io_error("read", path, errno);
      if (count == 0) return changed();
      FAASC_CHECK(
          write_all_at(out_.fd(), {buffer_.data(), static_cast<std::size_t>(count)}, to, out_.path()));
      from += static_cast<std::uint64_t>(count);
      to += static_cast<std::uint64_t>(count);
      left -= static_cast<std::uint64_t>(count);
    }
  }
  struct stat status{};
  if (::fstat(in.get(), &status) != 0) return io_error("read", path, errno);
  if (static_cast<std::uint64_t>(status.st_size) != node.size_bytes) return changed();
  return {};
}

Result<void> Ext4Writer::copy_stored_file(const StoredFile& file, const std::vector<Placed>& placed) {
  for (const Placed& piece : placed) {
    std::uint64_t from = piece.run.first_block * kExt4Block;
    std::uint64_t left = std::min(piece.run.blocks * kExt4Block, file.entry->size_bytes - from);
    for (std::uint64_t to = offset_ + piece.at * kExt4Block; left > 0;) {
      FAASC_CHECK(check_interrupt());
      FAASC_TRY(std::string bytes,
                file.tree->read_at(*file.entry, from, std::min<std::uint64_t>(left, kCopyBytes)));
      FAASC_CHECK(write_all_at(out_.fd(), bytes, to, out_.path()));
      from += bytes.size();
      to += bytes.size();
      left -= bytes.size();
    }
  }
  return {};
}

Result<void> Ext4Writer::write_data(const Ext4Node& node, const std::vector<Placed>& placed) {
  if (S_ISDIR(node.mode)) return write_bytes(node.directory, placed);
  if (const auto* file = std::get_if<HostFile>(&node.source->content))
    return copy_host_file(node, file->path, placed);
  if (const auto* bytes = std::get_if<InlineBytes>(&node.source->content))
    return write_bytes(bytes->bytes, placed);
  if (const auto* stored = std::get_if<StoredFile>(&node.source->content))
    return copy_stored_file(*stored, placed);
  return write_bytes(std::get<Symlink>(node.source->content).target, placed);
}

Result<void> Ext4Writer::write_inode(const Ext4Node& node, const std::vector<Placed>& placed) {
  ext2_inode inode{};
  inode.i_mode = node.mode;
  inode.i_links_count = static_cast<__u16>(node.links);
  inode.i_atime = inode.i_ctime = inode.i_mtime = kTime;
  inode.i_size = static_cast<__u32>(node.size_bytes);
  inode.i_size_high = static_cast<__u32>(node.size_bytes >> 32);
  ext2fs_iblk_set(fs_.get(), &inode, node.blocks());
  const bool in_inode = S_ISLNK(node.mode) && placed.empty();
  if (in_inode) {
    std::get<Symlink>(node.source->content)
        .target.copy(reinterpret_cast<char*>(inode.i_block), sizeof inode.i_block);
  } else {
    inode.i_flags = EXT4_EXTENTS_FL;
  }
  if (node.inode >= kExt4FirstInode) ext2fs_inode_alloc_stats2(fs_.get(), node.inode, +1, S_ISDIR(node.mode));
  if (errcode_t code = ext2fs_write_new_inode(fs_.get(), node.inode, &inode)) return failed("write", code);
  if (in_inode) return {};

  // Opening an inode without extents gives it the header of an empty tree; each insertion then writes the
  // inode.
  ext2_extent_handle_t opened = nullptr;
  if (errcode_t code = ext2fs_extent_open2(fs_.get(), node.inode, &inode, &opened))
    return failed("write", code);
  ExtentHandle extents(opened);
  for (const Placed& piece : placed) {
    ext2fs_extent extent{};
    extent.e_pblk = piece.at;
    extent.e_lblk = piece.run.first_block;
    extent.e_len = static_cast<__u32>(piece.run.blocks);
    if (errcode_t code = ext2fs_extent_insert(opened, EXT2_EXTENT_INSERT_AFTER, &extent))
      return failed("write", code);
  }
  if (placed.empty())
    if (errcode_t code = ext2fs_write_inode(fs_.get(), node.inode, &inode)) return failed("write", code);
  return {};
}

Result<std::uint64_t> Ext4Writer::write() {
  FAASC_CHECK(initialize());
  for (const Ext4Node& node : plan_.nodes) {
    FAASC_CHECK(check_interrupt());
    FAASC_TRY(std::vector<Placed> placed, place(node));
    if (auto written = write_data(node, placed); !written) return std::move(written).error();
    FAASC_CHECK(write_inode(node, placed));
  }
  if (journal_blocks_ > 0)
    if (errcode_t code = ext2fs_add_journal_inode(fs_.get(), journal_blocks_, EXT2_MKJOURNAL_NO_MNT_CHECK))
      return failed("write", code);
  std::uint64_t size_bytes = ext2fs_blocks_count(fs_->super) * kExt4Block;
  // Blocks that the library had no use for are on the disk all the same.
  if (options_.size_bytes)
    size_bytes =
        std::max(size_bytes, (*options_.size_bytes + kExt4Block - 1) / kExt4Block * kExt4Block - offset_);
  // Whatever happens in it, closing frees the handle.
  if (errcode_t code = ext2fs_close2(fs_.release(), EXT2_FLAG_FLUSH_NO_SYNC)) return failed("write", code);
  if (::ftruncate(out_.fd().get(), static_cast<off_t>(offset_ + size_bytes)) != 0)
    return io_error("write", out_.path(), errno);
  return size_bytes;
}

}  // namespace

Result<Ext4Image> write_ext4(const Rootfs& rootfs, const Ext4Options& options, AtomicFile& out,
                             std::uint64_t offset_bytes) {
  FAASC_TRY(Ext4Plan plan, plan_ext4(rootfs, options));
  FAASC_TRY(std::uint64_t size_bytes, Ext4Writer(plan, options, out, offset_bytes).write());
  return Ext4Image{size_bytes, plan.payload_bytes};
}

Result<Ext4Image> write_ext4(const Rootfs& rootfs, const Ext4Options& options, const fs::path& out) {
  FAASC_TRY(AtomicFile file, AtomicFile::create(out));
  FAASC_TRY(Ext4Image image, write_ext4(rootfs, options, file, 0));
  FAASC_CHECK(std::move(file).commit());
  return image;
}

}  // namespace faasc
