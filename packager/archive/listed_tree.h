#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// Files of the host and texts as a tree that can be read, with the directories that their paths imply.
class ListedTree : public StoredTree {
 public:
  struct File {
    std::string path;            ///< absolute, normalised
    std::filesystem::path host;  ///< empty: it holds `text`
    std::string text;
  };
  /// The files of the host are opened, and have to stay as they are.
  static Result<std::shared_ptr<const ListedTree>> make(const std::vector<File>& files);

  std::string format() const override { return "list"; }
  std::string label() const override { return ""; }
  std::string uuid_text() const override { return ""; }
  std::vector<std::string> problems() const override { return {}; }

 private:
  ListedTree() = default;
};

}  // namespace faasc
