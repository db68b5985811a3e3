#include "packager/disk/initramfs.h"

#include <map>
#include <utility>

#include "base/file.h"
#include "base/interrupt.h"
#include "packager/cpio/cpio_writer.h"

namespace faasc {
namespace {

constexpr std::uint64_t kMaxInitramfsFile = std::uint64_t{1} << 30;

Result<std::string> bytes_of_file(const RootfsNode& node) {
  if (const auto* inlined = std::get_if<InlineBytes>(&node.content)) return inlined->bytes;
  if (const auto* stored = std::get_if<StoredFile>(&node.content))
    return stored->tree->read(*stored->entry, kMaxInitramfsFile);
  return read_file(std::get<HostFile>(node.content).path, kMaxInitramfsFile);
}

}  // namespace

Result<InitramfsTree> archive_of_tree(const Rootfs& rootfs) {
  std::map<const RootfsNode*, std::pair<std::uint32_t, std::uint32_t>> linked;  // names, and the inode
  if (rootfs.has_hard_links())
    for (const auto& [path, node] : rootfs.nodes())
      if (is_file(node)) ++linked[&rootfs.behind(node)].first;
  InitramfsTree tree;
  CpioWriter writer;
  for (const auto& [path, node] : rootfs.nodes()) {
    FAASC_CHECK(check_interrupt());
    const std::string_view name = std::string_view(path).substr(1);
    const RootfsNode& content = rootfs.behind(node);
    const std::uint32_t mode = content.mode & 07777;
    if (const auto* link = std::get_if<Symlink>(&content.content)) {
      writer.add_symlink(name, link->target);
    } else if (std::holds_alternative<Directory>(content.content)) {
      writer.add_directory(name, mode);
    } else {
      auto group = linked.find(&content);
      const std::uint32_t names = group == linked.end() ? 1 : group->second.first;
      if (group != linked.end() && group->second.second != 0) {
        writer.add_link(name, group->second.second, mode, names);
        continue;
      }
      FAASC_TRY(std::string bytes, bytes_of_file(content).during("writing '" + path + "'"));
      tree.payload_bytes += bytes.size();
      const std::uint32_t inode = writer.add_file(name, bytes, mode, names);
      if (group != linked.end()) group->second.second = inode;
    }
  }
  tree.archive = std::move(writer).finish();
  return tree;
}

}  // namespace faasc
