#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// A FAT32 volume that somebody else wrote: a UEFI system partition. Every length is checked before it is
/// believed. Names are in the case they are written in, and there are no modes.
class FatReader : public StoredTree {
 public:
  /// Reads the whole tree. Clusters that two files claim, chains that do not end, lengths that do not match
  /// and names that cannot be are errors (FAASC0576); so are FAT12 and FAT16 (FAASC0575).
  static Result<FatReader> open(std::shared_ptr<const ByteSource> source);

  FatReader(FatReader&&) = default;
  FatReader& operator=(FatReader&&) = default;

  std::string format() const override { return "FAT32"; }
  std::string label() const override { return label_; }
  std::string uuid_text() const override;                            ///< "1234-ABCD", which is all there is
  std::vector<std::string> problems() const override { return {}; }  ///< they were errors

  /// As `find`, but case does not matter, as it does not to firmware.
  const StoredEntry* find_in_any_case(std::string_view path) const;
  /// Of the volume, as it says itself.
  std::uint64_t volume_bytes() const { return volume_bytes_; }

 private:
  FatReader() = default;

  std::uint64_t volume_bytes_ = 0;
  std::uint32_t volume_id_ = 0;
  std::string label_;
};

}  // namespace faasc
