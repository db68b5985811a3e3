#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "packager/archive/byte_stream.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// The files of which a container image consists, in a directory or an archive. Paths are relative,
/// "blobs/sha256/…".
class ContainerFiles {
 public:
  virtual ~ContainerFiles() = default;
  virtual bool has(std::string_view path) const = 0;
  /// FAASC0535 where there is no such file.
  virtual Result<std::unique_ptr<ByteStream>> open(std::string_view path) const = 0;

  /// The whole file, of at most 4 MiB: for the small ones that describe the others.
  Result<std::string> read(std::string_view path) const;
  /// What errors call the image, and a file of it.
  const std::string& name() const { return name_; }
  std::string name_of(std::string_view path) const { return name_ + ":" + std::string(path); }

 protected:
  explicit ContainerFiles(std::string name) : name_(std::move(name)) {}
  std::string name_;
};

/// Regular files of a directory; links in it are not followed out of it, and so not at all.
std::unique_ptr<ContainerFiles> files_of_directory(const std::filesystem::path& directory);

/// Files of a tree that was unpacked; links are followed within it. The tree has to live as long.
std::unique_ptr<ContainerFiles> files_of_tree(const std::map<std::string, RootfsNode, PathOrder>& nodes,
                                              std::string name);

}  // namespace faasc
