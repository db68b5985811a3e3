#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// An ext2, ext3 or ext4 file system that somebody else wrote, read by libext2fs without a mount. The library
/// reads superblock, inodes and extents; whatever of it could go on for ever on a file system that somebody
/// made up is counted, and ends.
class Ext4Reader : public StoredTree {
 public:
  /// Reads the whole tree. FAASC0661 where there is no such file system, FAASC0662 where it does not add up
  /// or is cut off, FAASC0663 where it uses what is not read here: encryption, data inside of inodes, an
  /// outside journal. A journal is not replayed; problems() says so.
  static Result<Ext4Reader> open(std::shared_ptr<const ByteSource> source);

  Ext4Reader(Ext4Reader&&) noexcept;
  Ext4Reader& operator=(Ext4Reader&&) noexcept;
  ~Ext4Reader() override;

  std::string format() const override;
  std::string label() const override;
  std::string uuid_text() const override;

  /// Of the file system: what its superblock says, in bytes.
  std::uint64_t file_system_bytes() const;
  std::uint64_t free_bytes() const;

  /// What write_ext4() does not write, in words: "a journal". Empty for what it wrote itself.
  std::string lost_by_writing_anew() const;

  /// What e2fsck would complain about as well: blocks that two things claim, bitmaps and counts that do not
  /// match what is there, wrong link counts, a journal that waits to be replayed.
  std::vector<std::string> problems() const override;

  struct State;  ///< for the parts of the reader

 private:
  friend class Ext4Walk;
  Ext4Reader();

  std::unique_ptr<State> state_;
};

}  // namespace faasc
