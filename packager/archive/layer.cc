#include "packager/archive/layer.h"

#include <optional>
#include <string_view>

#include "base/interrupt.h"
#include "packager/archive/codes.h"

namespace faasc {
namespace {

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";

bool is_directory(const RootfsNode& node) {
  return std::holds_alternative<Directory>(node.content);
}

/// Whether the entry is a whiteout, which is then noted in `layer`.
Result<bool> take_whiteout(const std::string& path, Layer& layer) {
  std::size_t slash = path.rfind('/');
  std::string_view name = std::string_view(path).substr(slash + 1);
  if (!name.starts_with(kWhiteout)) return false;
  std::string directory = path.substr(0, slash);
  if (name == kOpaque) {
    layer.opaque.insert(std::move(directory));
    return true;
  }
  std::string_view target = name.substr(kWhiteout.size());
  // ".wh..wh." begins the names that a union file system keeps for itself.
  if (target.starts_with(kWhiteout)) return true;
  if (target.empty() || target == "." || target == "..")
    return Error{
        Fault::Input,
        kArchiveUnsafe,
        "entry '" + path.substr(1) + "' is a whiteout of '" + std::string(target) + "', which is no name",
        {},
        {}};
  layer.removed.insert(directory + "/" + std::string(target));
  return true;
}

}  // namespace

Result<Layer> read_layer(ArchiveReader& reader, Spool& spool, Whiteouts whiteouts) {
  Layer layer;
  for (;;) {
    FAASC_CHECK(check_interrupt());
    FAASC_TRY(std::optional<ArchiveEntry> entry, reader.next());
    if (!entry) break;
    std::string path = "/" + entry->path;
    if (whiteouts == Whiteouts::Honoured) {
      FAASC_TRY(bool taken, take_whiteout(path, layer));
      if (taken) continue;
    }
    if (!entry->of_root) ++layer.foreign_owners;
    switch (entry->kind) {
      case ArchiveEntry::Kind::Directory:
        layer.nodes[path] = {Directory{}, entry->mode & 07777, {}};
        break;
      case ArchiveEntry::Kind::Symlink:
        layer.nodes[path] = {Symlink{entry->link_target}, 0777, {}};
        break;
      case ArchiveEntry::Kind::File: {
        FAASC_TRY(layer.nodes[path], spool.store(reader, *entry));
        break;
      }
      case ArchiveEntry::Kind::HardLink: {
        auto target = layer.nodes.find("/" + entry->link_target);
        if (target == layer.nodes.end()) {
          layer.links[path] = "/" + entry->link_target;
          break;
        }
        FAASC_CHECK(spool.make_linkable(target->second));
        if (entry->size_bytes > 0) FAASC_CHECK(spool.replace(target->second, reader));
        layer.nodes[path] = target->second;
        break;
      }
    }
  }
  layer.entries = reader.entries();
  layer.unpacked_bytes = reader.unpacked_bytes();
  return layer;
}

void LayeredTree::remove_below(const std::string& path) {
  // In this order everything inside a directory follows it at once.
  auto from = nodes_.upper_bound(path), to = from;
  while (to != nodes_.end() && to->first.size() > path.size() && to->first.starts_with(path) &&
         to->first[path.size()] == '/')
    ++to;
  nodes_.erase(from, to);
}

void LayeredTree::remove(const std::string& path) {
  remove_below(path);
  nodes_.erase(path);
}

Result<void> LayeredTree::apply(Layer layer, Spool& spool, const std::string& name) {
  // Hard links are looked up before anything is taken away: the file goes on under its other name.
  for (const auto& [path, target] : layer.links) {
    auto found = nodes_.find(target);
    if (found == nodes_.end() || !is_file(found->second))
      return Error{Fault::Input,
                   kArchiveUnsafe,
                   "'" + name + "' is not safe to unpack: entry '" + path.substr(1) +
                       "' is a hard link to '" + target.substr(1) +
                       "', which is no file of it or of a layer below",
                   {},
                   {}};
    FAASC_CHECK(spool.make_linkable(found->second));
    layer.nodes[path] = found->second;
  }
  for (const std::string& directory : layer.opaque) remove_below(directory);
  for (const std::string& path : layer.removed) remove(path);
  foreign_owners_ += layer.foreign_owners;
  for (auto& [path, node] : layer.nodes) {
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      auto [parent, added] = nodes_.try_emplace(path.substr(0, slash), RootfsNode{Directory{}, 0755, {}});
      if (!added && !is_directory(parent->second))
        return Error{Fault::Input,
                     kArchiveUnsafe,
                     "'" + name + "' is not safe to unpack: entry '" + path.substr(1) + "' is below '" +
                         parent->first.substr(1) + "', which is no directory in the layers below",
                     {},
                     {}};
    }
    if (!is_directory(node)) remove_below(path);
    nodes_[path] = std::move(node);
  }
  return {};
}

Result<Rootfs> LayeredTree::rootfs() && {
  Rootfs rootfs;
  // A file of the spool that comes again is another name of the same.
  std::map<std::string, std::string> first_names;
  for (auto& [path, node] : nodes_) {
    if (const auto* file = std::get_if<HostFile>(&node.content)) {
      auto [first, is_first] = first_names.try_emplace(file->path, path);
      if (!is_first) node.content = HardLink{first->second};
    }
    FAASC_CHECK(rootfs.add(path, std::move(node)));
  }
  nodes_.clear();
  return rootfs;
}

}  // namespace faasc
