#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// Whether an EROFS begins at `offset` of a disk.
bool is_erofs_at(const ByteSource& source, std::uint64_t offset);

/// An EROFS that somebody wrote, be it write_erofs() or mkfs.erofs without compression.
class ErofsReader : public StoredTree {
 public:
  /// Reads the whole tree. FAASC0674 where it does not add up or is cut off, FAASC0675 where it uses what is
  /// not read here: compression, files in pieces, several devices.
  static Result<ErofsReader> open(std::shared_ptr<const ByteSource> source);

  std::string format() const override { return "erofs"; }
  std::string label() const override { return label_; }
  std::string uuid_text() const override { return faasc::uuid_text(uuid_.data()); }
  std::uint64_t file_system_bytes() const { return file_system_bytes_; }

  /// What write_erofs() does not write, in words: "owners". Empty for what it wrote itself.
  const std::string& lost_by_writing_anew() const { return lost_; }

  /// Bytes that two files claim; names of a file that are counted wrongly.
  std::vector<std::string> problems() const override;

 private:
  friend class ErofsWalk;

  std::string label_, lost_;
  std::array<std::uint8_t, 16> uuid_{};
  std::uint64_t file_system_bytes_ = 0;
  std::vector<std::string> wrong_links_;
};

}  // namespace faasc
