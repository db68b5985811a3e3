#include "packager/ext4/ext4_reader.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include <sys/stat.h>

extern "C" {  // this header does not say it itself
#include <et/com_err.h>
}

#include "base/endian.h"
#include "base/interrupt.h"
#include "packager/ext4/codes.h"
#include "packager/ext4/ext4_channel.h"
#include "packager/ext4/ext4_state.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {
namespace {

constexpr std::uint64_t kSuperblockOffset = 1024;
constexpr std::size_t kMaxPathBytes = 4095;
// A small file system can describe a huge tree. These are far beyond what is real.
constexpr std::uint64_t kMaxTreeBytes = std::uint64_t{512}
                                        << 20;  // of paths, and what an entry takes besides
constexpr std::uint64_t kEntryBytes = 128;
constexpr std::uint32_t kMaxFirstInode = 1024;  // it is 11 everywhere
constexpr std::uint16_t kMaxExtentDepth = 5;    // as the format has it

struct DirectoryEntryHeader {  // the name follows
  le32 inode;
  le16 record_bytes;
  std::uint8_t name_bytes;
  std::uint8_t type;
};
static_assert(sizeof(DirectoryEntryHeader) == 8);

struct FreeExtents {
  void operator()(ext2_extent_handle_t handle) const { ext2fs_extent_free(handle); }
};
using ExtentHandle = std::unique_ptr<std::remove_pointer_t<ext2_extent_handle_t>, FreeExtents>;

Error damaged(std::string what) {
  return ext4_damaged(std::move(what));
}

Error unsupported(std::string_view what) {
  return {Fault::Input,
          kExt4Unsupported,
          "the ext4 file system uses " + std::string(what) + ", which faasc does not read",
          {},
          "mount it, and work on the files"};
}

// What the library cannot be trusted with: a superblock whose numbers have nothing to do with the source.
Result<void> check_superblock(const ByteSource& source) {
  ext2_super_block super{};
  if (source.size() < kSuperblockOffset + sizeof super ||
      !source.read_at(kSuperblockOffset, reinterpret_cast<char*>(&super), sizeof super) ||
      ext2fs_le16_to_cpu(super.s_magic) != EXT2_SUPER_MAGIC)
    return Error{
        Fault::Input, kExt4NotExt4, "not an ext4 file system: there is no superblock at byte 1024", {}, {}};
  std::uint32_t log_block = ext2fs_le32_to_cpu(super.s_log_block_size);
  if (log_block > 6)
    return damaged("blocks of 2^" + std::to_string(10 + std::uint64_t{log_block}) + " bytes");
  std::uint64_t blocks = ext2fs_le32_to_cpu(super.s_blocks_count);
  std::uint32_t incompatible = ext2fs_le32_to_cpu(super.s_feature_incompat);
  if (incompatible & EXT4_FEATURE_INCOMPAT_64BIT)
    blocks |= std::uint64_t{ext2fs_le32_to_cpu(super.s_blocks_count_hi)} << 32;
  if (blocks > source.size() >> (10 + log_block))
    return damaged("it is to have " + std::to_string(blocks) + " blocks of " +
                   std::to_string(std::uint64_t{1024} << log_block) + " bytes, but there are " +
                   std::to_string(source.size()) + " bytes");
  std::uint64_t inodes = ext2fs_le32_to_cpu(super.s_inodes_count);
  std::uint32_t first_inode = ext2fs_le32_to_cpu(super.s_first_ino);
  if (inodes > source.size() / EXT2_GOOD_OLD_INODE_SIZE ||
      (super.s_rev_level != 0 && (first_inode > inodes || first_inode > kMaxFirstInode)))
    return damaged("it is to have " + std::to_string(inodes) + " inodes, the first of them inode " +
                   std::to_string(first_inode));
  if (incompatible & EXT4_FEATURE_INCOMPAT_INLINE_DATA)
    return unsupported("data inside of inodes (inline_data)");
  if (incompatible & EXT4_FEATURE_INCOMPAT_ENCRYPT) return unsupported("encryption");
  if (incompatible & EXT3_FEATURE_INCOMPAT_JOURNAL_DEV) return unsupported("a journal of its own device");
  return {};
}

}  // namespace

Error ext4_damaged(std::string what) {
  return {Fault::Input, kExt4Damaged, "the ext4 file system is damaged: " + std::move(what), {}, {}};
}

std::string ext4_library_says(errcode_t code) {
  static const bool table_added = add_error_table(&et_ext2_error_table) == 0;
  (void)table_added;
  return error_message(code);
}

Result<ext2_inode_large> Ext4Reader::State::inode(std::uint64_t number) const {
  if (number < EXT2_ROOT_INO || number > fs->super->s_inodes_count)
    return damaged("inode " + std::to_string(number) + " of " + std::to_string(fs->super->s_inodes_count));
  ext2_inode_large inode{};
  if (errcode_t code = ext2fs_read_inode_full(fs.get(), static_cast<ext2_ino_t>(number),
                                              reinterpret_cast<ext2_inode*>(&inode), sizeof inode))
    return damaged("inode " + std::to_string(number) + ": " + ext4_library_says(code));
  return inode;
}

Result<bool> Ext4Reader::State::has_attributes_in_inode(std::uint64_t number) const {
  const std::size_t size = EXT2_INODE_SIZE(fs->super);
  if (size <= EXT2_GOOD_OLD_INODE_SIZE) return false;
  std::string bytes(size, '\0');
  if (errcode_t code =
          ext2fs_read_inode_full(fs.get(), static_cast<ext2_ino_t>(number),
                                 reinterpret_cast<ext2_inode*>(bytes.data()), static_cast<int>(size)))
    return damaged("inode " + std::to_string(number) + ": " + ext4_library_says(code));
  std::uint16_t extra = 0;  // the library has put all fields into this host's byte order
  std::memcpy(&extra, bytes.data() + EXT2_GOOD_OLD_INODE_SIZE, sizeof extra);
  const std::size_t at = EXT2_GOOD_OLD_INODE_SIZE + std::size_t{extra};
  std::uint32_t words[2] = {};  // a magic number, then the first attribute; zero where the list ends
  if (at + sizeof words > size) return false;
  std::memcpy(words, bytes.data() + at, sizeof words);
  return words[0] == EXT2_EXT_ATTR_MAGIC && words[1] != 0;
}

Result<void> Ext4Reader::State::add_run(std::uint64_t number, BlockRun run,
                                        std::vector<BlockRun>& runs) const {
  if (run.count == 0) return {};
  if (run.block == 0 || run.block >= block_count() || run.count > block_count() - run.block)
    return damaged("inode " + std::to_string(number) + " has block " +
                   std::to_string(run.block + run.count - 1) + " of " + std::to_string(block_count()));
  if (run.use != BlockRun::Use::Tree) {
    auto last = std::find_if(runs.rbegin(), runs.rend(),
                             [](const BlockRun& r) { return r.use != BlockRun::Use::Tree; });
    if (last != runs.rend()) {
      if (run.file_block < last->file_block + last->count)
        return damaged("two runs of blocks of inode " + std::to_string(number) + " overlap");
      if (&*last == &runs.back() && run.use == last->use &&
          run.file_block == last->file_block + last->count && run.block == last->block + last->count) {
        last->count += run.count;
        return {};
      }
    }
  }
  runs.push_back(run);
  return {};
}

Result<std::vector<BlockRun>> Ext4Reader::State::extent_runs(std::uint64_t number,
                                                             ext2_inode_large& inode) const {
  std::vector<BlockRun> runs;
  le16 depth;
  std::memcpy(&depth, reinterpret_cast<const char*>(inode.i_block) + 6, sizeof depth);
  if (depth > kMaxExtentDepth)
    return damaged("the extents of inode " + std::to_string(number) + " are nested " + std::to_string(depth) +
                   " deep");
  auto failed = [&](errcode_t code) {
    return damaged("the extents of inode " + std::to_string(number) + ": " + ext4_library_says(code));
  };
  ext2_extent_handle_t opened = nullptr;
  if (errcode_t code = ext2fs_extent_open2(fs.get(), static_cast<ext2_ino_t>(number),
                                           reinterpret_cast<ext2_inode*>(&inode), &opened))
    return failed(code);
  ExtentHandle handle(opened);
  ext2fs_extent extent{};
  for (int move = EXT2_EXTENT_ROOT;; move = EXT2_EXTENT_NEXT) {
    errcode_t code = ext2fs_extent_get(opened, move, &extent);
    if (code == EXT2_ET_EXTENT_NO_NEXT || (move == EXT2_EXTENT_ROOT && code == EXT2_ET_NO_CURRENT_NODE))
      break;
    if (code) return failed(code);
    if (steps_left-- == 0) {
      steps_left = 0;
      return damaged("the extents of inode " + std::to_string(number) + " have no end");
    }
    if (extent.e_flags & EXT2_EXTENT_FLAGS_SECOND_VISIT) continue;
    bool leaf = extent.e_flags & EXT2_EXTENT_FLAGS_LEAF,
         unwritten = extent.e_flags & EXT2_EXTENT_FLAGS_UNINIT;
    BlockRun run{leaf ? extent.e_lblk : 0, extent.e_pblk, leaf ? extent.e_len : 1,
                 !leaf       ? BlockRun::Use::Tree
                 : unwritten ? BlockRun::Use::Unwritten
                             : BlockRun::Use::Data};
    FAASC_CHECK(add_run(number, run, runs));
  }
  return runs;
}

Result<std::vector<BlockRun>> Ext4Reader::State::block_map_runs(std::uint64_t number) const {
  struct Walk {
    const State& state;
    std::uint64_t number;
    std::vector<BlockRun> runs;
    Result<void> result;
  };
  Walk walk{*this, number, {}, {}};
  auto visit = [](ext2_filsys, blk64_t* block, e2_blkcnt_t count, blk64_t, int, void* data) {
    auto& found = *static_cast<Walk*>(data);
    BlockRun run{count < 0 ? 0 : static_cast<std::uint64_t>(count), *block, 1,
                 count < 0 ? BlockRun::Use::Tree : BlockRun::Use::Data};
    found.result = found.state.add_run(found.number, run, found.runs);
    if (found.result && found.state.steps_left-- == 0) {
      found.state.steps_left = 0;
      found.result = damaged("the blocks of inode " + std::to_string(found.number) + " have no end");
    }
    return found.result ? 0 : BLOCK_ABORT;
  };
  errcode_t code = ext2fs_block_iterate3(fs.get(), static_cast<ext2_ino_t>(number), BLOCK_FLAG_READ_ONLY,
                                         nullptr, visit, &walk);
  if (!walk.result) return std::move(walk.result).error();
  if (code) return damaged("the blocks of inode " + std::to_string(number) + ": " + ext4_library_says(code));
  return std::move(walk.runs);
}

Result<std::vector<BlockRun>> Ext4Reader::State::runs(std::uint64_t number, ext2_inode_large& inode) const {
  FAASC_CHECK(check_interrupt());
  if (inode.i_flags & EXT4_INLINE_DATA_FL) return unsupported("data inside of inodes (inline_data)");
  if (inode.i_flags & EXT4_ENCRYPT_FL) return unsupported("encryption");
  return inode.i_flags & EXT4_EXTENTS_FL ? extent_runs(number, inode) : block_map_runs(number);
}

namespace {

std::uint64_t size_of(const ext2_inode_large& inode) {
  return inode.i_size | static_cast<std::uint64_t>(inode.i_size_high) << 32;
}

std::int64_t modified_of(const ext2_inode_large& inode) {
  // Signed, and two more bits where the inode is large.
  std::int64_t seconds = static_cast<std::int32_t>(inode.i_mtime);
  constexpr std::size_t kEnd = offsetof(ext2_inode_large, i_mtime_extra) + sizeof inode.i_mtime_extra;
  if (inode.i_extra_isize >= kEnd - EXT2_GOOD_OLD_INODE_SIZE)
    seconds += static_cast<std::int64_t>(inode.i_mtime_extra & 3) << 32;
  return seconds;
}

}  // namespace

// Walks the directories.
class Ext4Walk {
 public:
  Ext4Walk(Ext4Reader& reader, const ByteSource& source)
      : reader_(reader), state_(*reader.state_), source_(source) {}

  Result<void> walk() {
    todo_.push_back({"", EXT2_ROOT_INO, EXT2_ROOT_INO});
    opened_.insert(EXT2_ROOT_INO);
    directory_bytes_left_ = source_.size();
    while (!todo_.empty()) {
      OpenDirectory directory = std::move(todo_.back());
      todo_.pop_back();
      FAASC_CHECK(read_directory(directory));
    }
    return {};
  }

 private:
  struct OpenDirectory {
    std::string path;  // empty for the root
    std::uint64_t inode, parent;
  };

  std::vector<StoredRun> stored_runs(const std::vector<BlockRun>& runs, std::uint64_t size) const {
    std::vector<StoredRun> out;
    for (const BlockRun& run : runs) {
      std::uint64_t from = run.file_block * state_.block_size();
      if (run.use != BlockRun::Use::Data || from >= size) continue;
      out.push_back(
          {from, run.block * state_.block_size(), std::min(run.count * state_.block_size(), size - from)});
    }
    return out;
  }

  Result<void> read_directory(const OpenDirectory& directory) {
    FAASC_TRY(ext2_inode_large inode, state_.inode(directory.inode));
    if (!LINUX_S_ISDIR(inode.i_mode)) return damaged("the directory '" + directory.path + "/' is none");
    FAASC_TRY(std::vector<BlockRun> runs, state_.runs(directory.inode, inode));
    std::string block(state_.block_size(), '\0');
    bool self = false, up = false;
    for (const StoredRun& run : stored_runs(runs, size_of(inode))) {
      // No two directories share a block, so all of them together are no larger than the file system.
      if (run.size_bytes > directory_bytes_left_) return damaged("its directories have no end");
      directory_bytes_left_ -= run.size_bytes;
      for (std::uint64_t at = 0; at + block.size() <= run.size_bytes; at += block.size()) {
        FAASC_CHECK(check_interrupt());
        FAASC_CHECK(source_.read_at(run.source_offset + at, block.data(), block.size()));
        FAASC_CHECK(read_block(directory, block, self, up));
      }
    }
    if (!self || !up)
      state_.directory_problems.push_back("the directory '" + directory.path + "/' lacks '.' or '..'");
    return {};
  }

  Result<void> read_block(const OpenDirectory& directory, std::string_view block, bool& self, bool& up) {
    for (std::size_t at = 0; at < block.size();) {
      auto bad = [&](std::string_view why) {
        return damaged("the directory '" + directory.path + "/' has " + std::string(why));
      };
      DirectoryEntryHeader header;
      if (block.size() - at < sizeof header) return bad("an entry that is cut off");
      std::memcpy(&header, block.data() + at, sizeof header);
      std::size_t length = header.record_bytes;
      if (block.size() == 65536 && (length == 65535 || length == 0)) length = 65536;
      if (length < sizeof header || length % 4 != 0 || length > block.size() - at ||
          header.name_bytes > length - sizeof header)
        return bad("an entry of " + std::to_string(length) + " bytes");
      std::string_view name = block.substr(at + sizeof header, header.name_bytes);
      at += length;
      if (header.inode == 0) continue;
      if (name == "." || name == "..") {
        bool& seen = name == "." ? self : up;
        std::uint64_t expected = name == "." ? directory.inode : directory.parent;
        if (seen || header.inode != expected)
          state_.directory_problems.push_back("'" + std::string(name) + "' of the directory '" +
                                              directory.path + "/' is inode " + std::to_string(header.inode) +
                                              " instead of " + std::to_string(expected));
        seen = true;
        continue;
      }
      if (name.empty() || name.find_first_of(std::string_view("/\0", 2)) != std::string_view::npos)
        return bad("an entry whose name no file can have");
      FAASC_CHECK(add(directory, std::string(name), header.inode));
    }
    return {};
  }

  Result<void> add(const OpenDirectory& directory, const std::string& name, std::uint64_t number) {
    StoredEntry entry;
    entry.path = directory.path + "/" + name;
    if (entry.path.size() > kMaxPathBytes)
      return damaged("a path has more than " + std::to_string(kMaxPathBytes) + " bytes: '" +
                     entry.path.substr(0, 64) + "'...");
    tree_bytes_ += entry.path.size() + kEntryBytes;
    FAASC_TRY(ext2_inode_large inode, state_.inode(number));
    entry.id = number;
    entry.mode = inode.i_mode & 07777;
    entry.modified = modified_of(inode);
    ++state_.names[number];
    if (inode_uid(inode) != 0 || inode_gid(inode) != 0) state_.has_owners = true;
    if (!state_.has_attributes) {
      FAASC_TRY(bool in_inode, state_.has_attributes_in_inode(number));
      state_.has_attributes = in_inode || inode.i_file_acl != 0;
    }
    if (LINUX_S_ISDIR(inode.i_mode)) {
      entry.kind = StoredEntry::Kind::Directory;
      if (!opened_.insert(number).second)
        return damaged("the directory '" + entry.path + "' is inside itself, or has two names");
      ++state_.directories[directory.inode];
      todo_.push_back({entry.path, number, directory.inode});
    } else if (LINUX_S_ISREG(inode.i_mode)) {
      entry.kind = StoredEntry::Kind::File;
      entry.size_bytes = size_of(inode);
      if (entry.size_bytes > std::uint64_t{1} << 62)
        return damaged("the file '" + entry.path + "' has no proper length");
      if (!reader_.runs_.contains(number)) {
        FAASC_TRY(std::vector<BlockRun> runs, state_.runs(number, inode));
        auto stored = stored_runs(runs, entry.size_bytes);
        tree_bytes_ += stored.size() * sizeof(StoredRun);
        reader_.runs_.emplace(number, std::move(stored));
      }
    } else if (LINUX_S_ISLNK(inode.i_mode)) {
      entry.kind = StoredEntry::Kind::Symlink;
      FAASC_TRY(entry.target, target_of(entry.path, number, inode));
      tree_bytes_ += entry.target.size();
    }
    if (tree_bytes_ > kMaxTreeBytes) return damaged("its tree has no end");
    reader_.entries_.push_back(std::move(entry));
    return {};
  }

  Result<std::string> target_of(const std::string& path, std::uint64_t number, ext2_inode_large& inode) {
    std::uint64_t size = size_of(inode);
    if (size == 0 || size > kMaxPathBytes) return damaged("the link '" + path + "' has no proper target");
    std::string target(size, '\0');
    if (ext2fs_is_fast_symlink(reinterpret_cast<ext2_inode*>(&inode))) {
      if (size >= sizeof inode.i_block) return damaged("the link '" + path + "' has no proper target");
      std::memcpy(target.data(), inode.i_block, size);
    } else {
      FAASC_TRY(std::vector<BlockRun> runs, state_.runs(number, inode));
      for (const StoredRun& run : stored_runs(runs, size))
        FAASC_CHECK(source_.read_at(run.source_offset, target.data() + run.file_offset, run.size_bytes));
    }
    if (target.find('\0') != std::string::npos)
      return damaged("the link '" + path + "' has no proper target");
    return target;
  }

  Ext4Reader& reader_;
  Ext4Reader::State& state_;
  const ByteSource& source_;
  std::vector<OpenDirectory> todo_;
  std::unordered_set<std::uint64_t> opened_;
  std::uint64_t tree_bytes_ = 0, directory_bytes_left_ = 0;
};

Ext4Reader::Ext4Reader() = default;
Ext4Reader::Ext4Reader(Ext4Reader&&) noexcept = default;
Ext4Reader& Ext4Reader::operator=(Ext4Reader&&) noexcept = default;
Ext4Reader::~Ext4Reader() = default;

Result<Ext4Reader> Ext4Reader::open(std::shared_ptr<const ByteSource> source) {
  FAASC_CHECK(check_superblock(*source));
  ext2_filsys handle = nullptr;
  if (errcode_t code = open_ext4_handle(source, EXT2_FLAG_64BITS | EXT2_FLAG_SKIP_MMP, &handle))
    return code == EXT2_ET_UNSUPP_FEATURE || code == EXT2_ET_RO_UNSUPP_FEATURE
               ? unsupported("a feature that this version of libext2fs does not know")
               : damaged(ext4_library_says(code));
  Ext4Reader reader;
  reader.state_ = std::make_unique<State>();
  reader.state_->fs.reset(handle);
  reader.state_->allow_steps();
  FAASC_CHECK(Ext4Walk(reader, *source).walk());
  reader.source_ = std::move(source);
  reader.sort_entries();
  for (std::size_t i = 1; i < reader.entries_.size(); ++i)
    if (reader.entries_[i].path == reader.entries_[i - 1].path)
      return damaged("'" + reader.entries_[i].path + "' is there twice");
  return reader;
}

std::string Ext4Reader::format() const {
  const ext2_super_block& super = *state_->fs->super;
  if (super.s_feature_incompat & EXT3_FEATURE_INCOMPAT_EXTENTS) return "ext4";
  return super.s_feature_compat & EXT3_FEATURE_COMPAT_HAS_JOURNAL ? "ext3" : "ext2";
}

std::string Ext4Reader::label() const {
  const auto& name = state_->fs->super->s_volume_name;
  return {reinterpret_cast<const char*>(name), ::strnlen(reinterpret_cast<const char*>(name), sizeof name)};
}

std::string Ext4Reader::uuid_text() const {
  return faasc::uuid_text(state_->fs->super->s_uuid);
}

std::string Ext4Reader::lost_by_writing_anew() const {
  if (state_->fs->super->s_feature_compat & EXT3_FEATURE_COMPAT_HAS_JOURNAL)
    return "the journal of its file system";
  if (state_->has_owners) return "the owners of its files";
  if (state_->has_attributes) return "the extended attributes of its files";
  return {};
}

std::uint64_t Ext4Reader::file_system_bytes() const {
  return state_->block_count() * state_->block_size();
}

std::uint64_t Ext4Reader::free_bytes() const {
  return ext2fs_free_blocks_count(state_->fs->super) * state_->block_size();
}

}  // namespace faasc
