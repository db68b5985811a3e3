#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"
#include "packager/rootfs/stored_tree.h"
#include "packager/tfs/tfs_format.h"
#include "packager/tfs/tfs_log.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

/// A run of sectors that holds a part of a file.
struct TfsExtent {
  std::uint64_t file_sector = 0;  ///< the first sector of the file it holds
  std::uint64_t first_sector = 0;
  std::uint64_t sector_count = 0;
  std::uint64_t allocated_sectors = 0;
  bool uninited = false;  ///< reads as zeros, whatever is in the sectors
  bool operator==(const TfsExtent&) const = default;
};

using TfsEntry = StoredEntry;

/// A file system that somebody else wrote, perhaps a kernel, perhaps nobody in their right mind: every length
/// is checked before it is believed.
class TfsReader : public StoredTree {
 public:
  /// Reads the log and the tree, versions 4 and 5. Names that cannot be, directories that contain themselves
  /// and the like are errors; ".." is left out.
  static Result<TfsReader> open(std::shared_ptr<const ByteSource> source);

  TfsReader(TfsReader&&) = default;
  TfsReader& operator=(TfsReader&&) = default;

  std::string format() const override;
  std::string label() const override { return header_.label; }
  std::string uuid_text() const override { return faasc::uuid_text(header_.uuid.data()); }
  const std::array<std::uint8_t, tfs::kUuidBytes>& uuid() const { return header_.uuid; }
  const std::vector<tfs::LogExtension>& log_extensions() const { return header_.extensions; }

  /// The root's attributes beside its children: the kernel's configuration.
  const TfsTuple& attributes() const { return attributes_; }

  /// Where a file's bytes are, in their order; gaps are zeros.
  const std::vector<TfsExtent>& extents(const TfsEntry& file) const;

  /// What else the file system says of an entry: "mtime", "exec", … Empty for nearly all that was never
  /// booted.
  const TfsTuple& attributes_of(const TfsEntry& entry) const;

  std::vector<std::string> problems() const override;

 private:
  TfsReader() = default;
  void find_runs();

  tfs::LogHeader header_;
  TfsTuple attributes_;
  std::map<std::uint64_t, std::vector<TfsExtent>> extents_;  // by TfsEntry::id
  std::map<std::uint64_t, TfsTuple> entry_attributes_;       // likewise; not those that make the tree
};

}  // namespace faasc
