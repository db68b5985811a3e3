#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// What a path of the guest's root file system is.
struct HostFile {
  /// Read when an image is written, not before. A string, because std::filesystem::path takes every path
  /// apart, which takes longer than all else that a node needs.
  std::string path;
};
struct InlineBytes {
  std::string bytes;
};
/// A file of another image's file system, read when this one is written.
struct StoredFile {
  std::shared_ptr<const StoredTree> tree;
  const StoredEntry* entry = nullptr;  ///< of `tree`; a file
};
struct Directory {};
struct Symlink {
  std::string target;
};
/// One more name of a file of the tree.
struct HardLink {
  std::string target;  ///< the path of the file, never of another hard link
};

struct RootfsNode {
  std::variant<Directory, HostFile, InlineBytes, Symlink, HardLink, StoredFile> content;
  std::uint32_t mode = 0644;  ///< permission bits; families without modes ignore them
  std::string why;  ///< the reason the node is there, for `faasc inspect`: "program", "needed by /app"
};

/// Whether a node is a file, a hard link to one included.
bool is_file(const RootfsNode& node);

/// Orders paths so that a directory comes before what it holds and siblings are in byte order.
struct PathOrder {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};

/// The tree of files that a guest sees as its root. Paths are absolute, normalised ("/app/x": no "." or "..",
/// no trailing slash) UTF-8; the root itself is not a node. The order of insertion does not matter: walking
/// is sorted.
class Rootfs {
 public:
  /// Adds a node and the directories above it (mode 0755). A path that is already there is an error, unless
  /// both are directories: then a directory that was only implied takes the mode and the reason of the one
  /// that is added. A path that is not normalised, not UTF-8, holds a NUL, a name of more than 255 bytes or
  /// more than 4095 bytes in all is an error, and so is a parent that is not a directory. Adding in sorted
  /// order is the fastest.
  ///
  /// The file that a hard link names has to be there already; the link takes its permission bits. A link to
  /// a link becomes one to its file.
  Result<void> add(std::string path, RootfsNode node);

  /// Changes the permission bits of a node that is there, and of all names of the same file.
  void set_mode(std::string_view path, std::uint32_t mode);

  const RootfsNode* find(std::string_view path) const;
  /// The file behind a hard link, `node` itself where it is none.
  const RootfsNode& behind(const RootfsNode& node) const;
  const std::map<std::string, RootfsNode, PathOrder>& nodes() const { return nodes_; }
  bool has_hard_links() const { return has_hard_links_; }

 private:
  std::map<std::string, RootfsNode, PathOrder> nodes_;
  bool has_hard_links_ = false;
};

}  // namespace faasc
