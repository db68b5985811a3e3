#include "packager/archive/container_files.h"

#include <optional>

#include "packager/archive/container_json.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

constexpr std::uint64_t kMaxDescription = std::uint64_t{4} << 20;
constexpr int kMaxLinks = 8;

Error not_there(const ContainerFiles& files, std::string_view path) {
  return container_error(files.name(), "it has no file '" + std::string(path) + "'");
}

/// Whether `path` names something below where it starts, without detours.
bool is_plain(std::string_view path) {
  for (const fs::path& part : fs::path(path))
    if (part.empty() || part == "." || part == ".." || part == "/") return false;
  return !path.empty() && path.find('\0') == std::string_view::npos;
}

class FilesOfDirectory : public ContainerFiles {
 public:
  explicit FilesOfDirectory(const fs::path& directory)
      : ContainerFiles(directory.string()), directory_(directory) {}

  bool has(std::string_view path) const override {
    if (!is_plain(path)) return false;
    fs::path at = directory_;
    std::error_code error;
    for (const fs::path& part : fs::path(path)) {
      at /= part;
      if (fs::is_symlink(fs::symlink_status(at, error))) return false;
    }
    return fs::is_regular_file(at, error);
  }
  Result<std::unique_ptr<ByteStream>> open(std::string_view path) const override {
    if (!has(path)) return not_there(*this, path);
    return stream_of_file(directory_ / path);
  }

 private:
  fs::path directory_;
};

class FilesOfTree : public ContainerFiles {
 public:
  FilesOfTree(const std::map<std::string, RootfsNode, PathOrder>& nodes, std::string name)
      : ContainerFiles(std::move(name)), nodes_(nodes) {}

  bool has(std::string_view path) const override { return find(path) != nullptr; }
  Result<std::unique_ptr<ByteStream>> open(std::string_view path) const override {
    const RootfsNode* node = find(path);
    if (!node) return not_there(*this, path);
    if (const auto* bytes = std::get_if<InlineBytes>(&node->content)) return stream_of_bytes(bytes->bytes);
    return stream_of_file(std::get<HostFile>(node->content).path);
  }

 private:
  const RootfsNode* find(std::string_view path) const {
    if (!is_plain(path)) return nullptr;
    std::string at = "/" + std::string(path);
    for (int links = 0; links < kMaxLinks; ++links) {
      auto found = nodes_.find(at);
      if (found == nodes_.end() || std::holds_alternative<Directory>(found->second.content)) return nullptr;
      const auto* link = std::get_if<Symlink>(&found->second.content);
      if (!link) return &found->second;
      // `docker save` once linked a layer that came twice to the first: "../<id>/layer.tar".
      at = (fs::path(at).parent_path() / link->target).lexically_normal();
    }
    return nullptr;
  }

  const std::map<std::string, RootfsNode, PathOrder>& nodes_;
};

}  // namespace

Result<std::string> ContainerFiles::read(std::string_view path) const {
  FAASC_TRY(std::unique_ptr<ByteStream> stream, open(path));
  return read_to_end(*stream, kMaxDescription, name_of(path));
}

std::unique_ptr<ContainerFiles> files_of_directory(const fs::path& directory) {
  return std::make_unique<FilesOfDirectory>(directory);
}

std::unique_ptr<ContainerFiles> files_of_tree(const std::map<std::string, RootfsNode, PathOrder>& nodes,
                                              std::string name) {
  return std::make_unique<FilesOfTree>(nodes, std::move(name));
}

}  // namespace faasc
