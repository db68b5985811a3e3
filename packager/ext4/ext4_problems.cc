#include <algorithm>
#include <set>
#include <tuple>

#include "packager/ext4/ext4_state.h"

namespace faasc {
namespace {

constexpr std::size_t kMaxProblems = 100;  // more say nothing new
constexpr std::uint16_t kTooManyToCount = 1;

class Check {
 public:
  Check(const Ext4Reader::State& state, const std::vector<StoredEntry>& entries)
      : state_(state), fs_(state.fs.get()), entries_(entries), found_(state.directory_problems) {}

  std::vector<std::string> run() {
    check_superblock();
    if (errcode_t code = ext2fs_read_bitmaps(fs_)) {
      found_.push_back("the bitmaps cannot be read: " + ext4_library_says(code));
    } else {
      claim_tables();
      claim_hidden_inodes();
      claim_tree();
      check_claims();
      check_inode_bitmap();
    }
    if (found_.size() > kMaxProblems) {
      std::size_t more = found_.size() - kMaxProblems;
      found_.resize(kMaxProblems);
      found_.push_back("and " + std::to_string(more) + " more");
    }
    return std::move(found_);
  }

 private:
  struct Claim {
    std::uint64_t first, end;
    std::string who;
  };

  void check_superblock() {
    const ext2_super_block& super = *fs_->super;
    if (super.s_feature_incompat & EXT3_FEATURE_INCOMPAT_RECOVER)
      found_.emplace_back("its journal holds changes that are not in place yet");
    if (super.s_state & EXT2_ERROR_FS) found_.emplace_back("a kernel found errors in it");
  }

  void claim(std::uint64_t first, std::uint64_t count, std::string who) {
    if (count > 0) claims_.push_back({first, first + count, std::move(who)});
  }

  void claim_tables() {
    for (dgrp_t group = 0; group < fs_->group_desc_count; ++group) {
      blk64_t super = 0, old_table = 0, new_table = 0;
      blk_t used = 0;
      ext2fs_super_and_bgd_loc2(fs_, group, &super, &old_table, &new_table, &used);
      std::string who = "the tables of group " + std::to_string(group);
      if (super != 0 || group == 0) claim(super, 1, who);
      if (old_table != 0) claim(old_table, fs_->desc_blocks, who);
      if (new_table != 0) claim(new_table, 1, who);
      claim(ext2fs_block_bitmap_loc(fs_, group), 1, who);
      claim(ext2fs_inode_bitmap_loc(fs_, group), 1, who);
      claim(ext2fs_inode_table_loc(fs_, group), fs_->inode_blocks_per_group, who);
    }
  }

  void claim_inode(std::uint64_t number, const std::string& who) {
    auto inode = state_.inode(number);
    if (!inode) return found_.push_back(inode.error().what);
    if (ext2fs_file_acl_block(fs_, reinterpret_cast<ext2_inode*>(&*inode)) != 0) {
      // Several inodes may share a block of attributes.
      shared_.push_back(ext2fs_file_acl_block(fs_, reinterpret_cast<ext2_inode*>(&*inode)));
    }
    if (!ext2fs_inode_has_valid_blocks2(fs_, reinterpret_cast<ext2_inode*>(&*inode))) return;
    auto runs = state_.runs(number, *inode);
    if (!runs) return found_.push_back(runs.error().what);
    for (const BlockRun& run : *runs) claim(run.block, run.count, who);
  }

  // The journal, blocks kept for growth, quotas.
  void claim_hidden_inodes() {
    for (std::uint64_t number = EXT2_ROOT_INO + 1; number < EXT2_FIRST_INODE(fs_->super); ++number) {
      ext2_inode inode{};
      if (state_.names.contains(number) ||
          ext2fs_read_inode(fs_, static_cast<ext2_ino_t>(number), &inode) != 0 || inode.i_links_count == 0)
        continue;
      claim_inode(number, "inode " + std::to_string(number));
    }
  }

  void claim_tree() {
    claim_inode(EXT2_ROOT_INO, "'/'");
    check_links(EXT2_ROOT_INO, "/", true);
    for (const StoredEntry& entry : entries_) {
      if (!claimed_.insert(entry.id).second) continue;
      if (entry.kind != StoredEntry::Kind::Other) claim_inode(entry.id, "'" + entry.path + "'");
      check_links(entry.id, entry.path, entry.kind == StoredEntry::Kind::Directory);
    }
  }

  void check_links(std::uint64_t number, const std::string& path, bool directory) {
    auto inode = state_.inode(number);
    if (!inode) return;  // was said already
    std::uint64_t expected = 0;
    const auto& counts = directory ? state_.directories : state_.names;
    if (auto count = counts.find(number); count != counts.end()) expected = count->second;
    if (directory) expected += 2;
    if (inode->i_links_count == expected || (directory && inode->i_links_count == kTooManyToCount)) return;
    found_.push_back("'" + path + "' has a link count of " + std::to_string(inode->i_links_count) +
                     " instead of " + std::to_string(expected));
  }

  void check_claims() {
    std::sort(claims_.begin(), claims_.end(), [](const Claim& a, const Claim& b) {
      return std::tie(a.first, a.end, a.who) < std::tie(b.first, b.end, b.who);
    });
    const Claim* furthest = nullptr;
    for (const Claim& claim : claims_) {
      if (furthest && claim.first < furthest->end)
        found_.push_back(furthest->who + " and " + claim.who + " both claim block " +
                         std::to_string(claim.first));
      if (!furthest || claim.end > furthest->end) furthest = &claim;
    }
    if (fs_->super->s_feature_ro_compat & EXT4_FEATURE_RO_COMPAT_BIGALLOC) return;  // a bit stands for many
    std::sort(shared_.begin(), shared_.end());
    std::uint64_t unmarked = 0, unclaimed = 0, free = 0;
    auto next = claims_.begin();
    std::uint64_t claimed_until = 0;
    for (std::uint64_t block = fs_->super->s_first_data_block; block < state_.block_count(); ++block) {
      for (; next != claims_.end() && next->first <= block; ++next)
        claimed_until = std::max(claimed_until, next->end);
      bool claimed = block < claimed_until || std::binary_search(shared_.begin(), shared_.end(), block);
      bool marked = ext2fs_test_block_bitmap2(fs_->block_map, block) != 0;
      free += !marked;
      unmarked += claimed && !marked;
      unclaimed += marked && !claimed;
    }
    if (unmarked > 0) found_.push_back(std::to_string(unmarked) + " blocks are in use, but marked as free");
    if (unclaimed > 0)
      found_.push_back(std::to_string(unclaimed) + " blocks are marked as in use, but belong to nothing");
    if (free != ext2fs_free_blocks_count(fs_->super))
      found_.push_back("the superblock counts " + std::to_string(ext2fs_free_blocks_count(fs_->super)) +
                       " free blocks instead of " + std::to_string(free));
  }

  void check_inode_bitmap() {
    std::uint64_t unmarked = 0, nameless = 0;
    for (std::uint64_t number = EXT2_FIRST_INODE(fs_->super); number <= fs_->super->s_inodes_count;
         ++number) {
      bool marked = ext2fs_test_inode_bitmap2(fs_->inode_map, static_cast<ext2_ino_t>(number)) != 0;
      bool named = state_.names.contains(number);
      unmarked += named && !marked;
      nameless += marked && !named;
    }
    if (unmarked > 0) found_.push_back(std::to_string(unmarked) + " inodes are in use, but marked as free");
    if (nameless > 0)
      found_.push_back(std::to_string(nameless) + " inodes are marked as in use, but have no name");
  }

  const Ext4Reader::State& state_;
  ext2_filsys fs_;
  const std::vector<StoredEntry>& entries_;
  std::vector<std::string> found_;
  std::vector<Claim> claims_;
  std::vector<std::uint64_t> shared_;
  std::set<std::uint64_t> claimed_;
};

}  // namespace

std::vector<std::string> Ext4Reader::problems() const {
  state_->allow_steps();
  return Check(*state_, entries_).run();
}

}  // namespace faasc
