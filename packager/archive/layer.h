#pragma once

#include <map>
#include <set>
#include <string>

#include "base/result.h"
#include "packager/archive/archive_reader.h"
#include "packager/archive/spool.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// One layer of a container image, or a root file system that has no others: what it adds to what lies below
/// it, and what it takes away (OCI image specification, "Image Layer Filesystem Changeset").
struct Layer {
  std::map<std::string, RootfsNode, PathOrder> nodes;   ///< by absolute path
  std::map<std::string, std::string, PathOrder> links;  ///< hard links to files of the layers below
  std::set<std::string, PathOrder> removed;             ///< ".wh.x": x is gone
  std::set<std::string, PathOrder> opaque;        ///< ".wh..wh..opq": nothing from below is in this directory
  std::uint64_t foreign_owners = 0;               ///< entries that belong to others than root
  std::uint64_t entries = 0, unpacked_bytes = 0;  ///< as ArchiveReader counts them
};

enum class Whiteouts : std::uint8_t { Honoured, None };

/// Reads all of `reader`, which was opened with ArchiveLinks::Root. Where there are no whiteouts, a name that
/// begins with ".wh." is one like any other.
Result<Layer> read_layer(ArchiveReader& reader, Spool& spool, Whiteouts whiteouts);

/// Layers one above the other.
class LayeredTree {
 public:
  /// `name` is the layer's in messages.
  Result<void> apply(Layer layer, Spool& spool, const std::string& name);

  const std::map<std::string, RootfsNode, PathOrder>& nodes() const { return nodes_; }
  std::uint64_t foreign_owners() const { return foreign_owners_; }

  /// The tree as it is now. Paths that a guest cannot have (not UTF-8) are an error.
  Result<Rootfs> rootfs() &&;

 private:
  void remove(const std::string& path);
  void remove_below(const std::string& path);

  std::map<std::string, RootfsNode, PathOrder> nodes_;
  std::uint64_t foreign_owners_ = 0;
};

}  // namespace faasc
