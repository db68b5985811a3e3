#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "packager/archive/archive_reader.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// Where the files of an archive lie until an image was made of them. Small ones stay in memory, the others
/// go to a directory under numbers: no name of the archive ever becomes one of the host.
class Spool {
 public:
  /// The directory has to exist and be empty; who made it removes it.
  explicit Spool(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// The bytes of the file that `reader` stands at: InlineBytes or HostFile. Runs of zeros become holes.
  Result<RootfsNode> store(ArchiveReader& reader, const ArchiveEntry& entry);

  /// Gives the file a place on the host, so that it can have several names.
  Result<void> make_linkable(RootfsNode& file);

  /// Replaces the bytes of a linkable file, for all its names, by those that `reader` stands at.
  Result<void> replace(const RootfsNode& file, ArchiveReader& reader);

 private:
  Result<void> write_rest(ArchiveReader& reader, const std::filesystem::path& path);
  std::filesystem::path next_path();

  std::filesystem::path directory_;
  std::uint64_t count_ = 0;
  std::uint64_t in_memory_ = 0;
};

}  // namespace faasc
