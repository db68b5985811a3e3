#include "packager/erofs/erofs_plan.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include <sys/stat.h>

#include "base/endian.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "packager/erofs/codes.h"
#include "packager/erofs/erofs_format.h"
#include "packager/rootfs/tree_identity.h"

namespace faasc {
namespace {

using namespace erofs;

constexpr std::uint64_t kMaxBlocks = UINT32_MAX - 1;
/// More than half a block is not worth what may be lost where a tail does not fit what is left of one.
constexpr std::uint64_t kMostTail = kBlock / 2;

Error too_much(const std::string& what) {
  return {Fault::Input, kErofsBadInput, "an EROFS cannot hold " + what, {}, "use 'root: ext4'"};
}

std::uint64_t align_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

Result<std::uint64_t> size_of_host_file(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return io_error("read", path, errno);
  if (!S_ISREG(status.st_mode))
    return Error{Fault::Input, kErofsBadInput, "'" + path + "' is not a regular file", {}, {}};
  return static_cast<std::uint64_t>(status.st_size);
}

Result<ErofsNode> plan_node(std::string_view path, const RootfsNode& source) {
  ErofsNode node;
  node.source = &source;
  node.path = path;
  node.mode = static_cast<std::uint16_t>(S_IFREG | (source.mode & 07777));
  if (const auto* file = std::get_if<HostFile>(&source.content)) {
    FAASC_TRY(node.size_bytes, size_of_host_file(file->path));
  } else if (const auto* bytes = std::get_if<InlineBytes>(&source.content)) {
    node.size_bytes = bytes->bytes.size();
  } else if (const auto* stored = std::get_if<StoredFile>(&source.content)) {
    node.size_bytes = stored->entry->size_bytes;
  } else if (const auto* link = std::get_if<Symlink>(&source.content)) {
    node.mode = S_IFLNK | 0777;
    node.size_bytes = link->target.size();
    if (link->target.empty() || link->target.size() >= kBlock)
      return too_much("the symbolic link '" + std::string(path) + "', whose target has " +
                      std::to_string(link->target.size()) + " bytes; 1 to " + std::to_string(kBlock - 1) +
                      " are possible");
  } else {
    node.mode = static_cast<std::uint16_t>(S_IFDIR | (source.mode & 07777));
    node.links = 2;
  }
  if (node.size_bytes / kBlock > kMaxBlocks)
    return too_much("'" + std::string(path) + "' with its " + std::to_string(node.size_bytes) + " bytes");
  return node;
}

/// A name in a directory, and whose it is.
struct Name {
  std::string name;
  std::size_t node = 0;
};

std::uint8_t type_of(const ErofsNode& node) {
  return S_ISDIR(node.mode) ? kDirectoryType : S_ISLNK(node.mode) ? kSymlinkType : kFileType;
}

/// The bytes of a directory. Their number does not depend on the inodes' numbers.
std::string directory_bytes(const std::vector<Name>& names, const std::vector<ErofsNode>& nodes) {
  std::string out;
  for (std::size_t first = 0, past = 0; first < names.size(); first = past) {
    std::size_t size = 0;
    for (past = first; past < names.size(); ++past) {
      std::size_t more = sizeof(DirectoryEntry) + names[past].name.size();
      if (size + more > kBlock) break;
      size += more;
    }
    out.resize(align_up(out.size(), kBlock), '\0');
    std::size_t offset = (past - first) * sizeof(DirectoryEntry);
    std::string text;
    for (std::size_t i = first; i < past; ++i) {
      const ErofsNode& node = nodes[names[i].node];
      DirectoryEntry entry{node.number, static_cast<std::uint16_t>(offset), type_of(node), 0};
      out.append(reinterpret_cast<const char*>(&entry), sizeof entry);
      text += names[i].name;
      offset += names[i].name.size();
    }
    out += text;
  }
  return out;
}

void derive_uuid(const ErofsOptions& options, const std::vector<std::string_view>& second_names,
                 ErofsPlan& plan) {
  TreeIdentity identity("faasc erofs 1");
  identity.add(options.label);
  identity.add(options.identity);
  for (const ErofsNode& node : plan.nodes)
    identity.add_node(node.path, node.mode, node.size_bytes, node.source);
  for (std::string_view name : second_names) identity.add(name);
  plan.uuid = as_uuid(identity.finish());
}

/// Gives each inode its place, and the blocks after them to what has some.
Result<void> place(ErofsPlan& plan) {
  std::uint64_t at = kSuperblockOffset + sizeof(Superblock);
  for (ErofsNode& node : plan.nodes) {
    std::uint64_t left_over = node.size_bytes % kBlock;
    node.has_tail = left_over > 0 && left_over <= kMostTail;
    std::uint64_t size = node.inode_bytes() + node.tail_bytes();
    // Neither an inode nor its tail crosses from one block to the next.
    if (at % kBlock + size > kBlock) at = align_up(at, kBlock);
    node.number = at / kSlot;
    at += align_up(size, kSlot);
  }
  plan.metadata_end = at;
  plan.blocks = align_up(at, kBlock) / kBlock;
  for (ErofsNode& node : plan.nodes) {
    node.first_block = plan.blocks;
    plan.blocks += node.blocks();
    if (plan.blocks > kMaxBlocks)
      return too_much("so much: at most " + std::to_string(kMaxBlocks) + " blocks of 4 KiB are possible");
  }
  return {};
}

}  // namespace

bool ErofsNode::is_extended() const {
  return size_bytes > UINT32_MAX || links > UINT16_MAX;
}

std::uint64_t ErofsNode::tail_bytes() const {
  return has_tail ? size_bytes % kBlock : 0;
}

std::uint64_t ErofsNode::blocks() const {
  return has_tail ? size_bytes / kBlock : (size_bytes + kBlock - 1) / kBlock;
}

Result<ErofsPlan> plan_erofs(const Rootfs& rootfs, const ErofsOptions& options) {
  if (options.label.size() > kLabelBytes || options.label.find('\0') != std::string::npos)
    return Error{Fault::Input,
                 kErofsBadInput,
                 "label '" + options.label + "' has " + std::to_string(options.label.size()) +
                     " bytes; at most " + std::to_string(kLabelBytes) + " are possible",
                 {},
                 {}};
  ErofsPlan plan;
  plan.nodes.reserve(rootfs.nodes().size() + 1);
  ErofsNode& root = plan.nodes.emplace_back();
  root.mode = S_IFDIR | 0755;
  root.links = 2;

  std::vector<std::pair<std::string_view, std::size_t>> names;  // in the tree's order, and whose they are
  std::vector<std::string_view> second_names;
  std::map<const RootfsNode*, std::size_t> linked;  // files behind hard links → plan.nodes
  for (const auto& [path, source] : rootfs.nodes()) {
    FAASC_CHECK(check_interrupt());
    const RootfsNode& content = rootfs.behind(source);
    if (rootfs.has_hard_links() && is_file(source)) {
      auto [group, is_new] = linked.try_emplace(&content, plan.nodes.size());
      if (!is_new) {
        ++plan.nodes[group->second].links;
        names.emplace_back(path, group->second);
        second_names.push_back(path);
        continue;
      }
    }
    FAASC_TRY(ErofsNode node, plan_node(path, content));
    if (S_ISREG(node.mode)) plan.payload_bytes += node.size_bytes;
    names.emplace_back(path, plan.nodes.size());
    plan.nodes.push_back(std::move(node));
  }

  // In the tree's order, the directory that holds a node is the nearest one before it with its path as a
  // prefix.
  std::vector<std::vector<Name>> entries(plan.nodes.size());
  entries[0] = {{".", 0}, {"..", 0}};
  std::vector<std::size_t> open = {0};
  for (const auto& [path, i] : names) {
    std::string_view parent_path = path.substr(0, path.rfind('/'));
    while (plan.nodes[open.back()].path != parent_path) open.pop_back();
    std::size_t parent = open.back();
    entries[parent].push_back({std::string(path.substr(parent_path.size() + 1)), i});
    if (!S_ISDIR(plan.nodes[i].mode)) continue;
    ++plan.nodes[parent].links;
    entries[i] = {{".", i}, {"..", parent}};
    open.push_back(i);
  }
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    if (!S_ISDIR(plan.nodes[i].mode)) continue;
    // "." does not come first where a name begins with one of the few characters before it.
    std::sort(entries[i].begin(), entries[i].end(),
              [](const Name& a, const Name& b) { return a.name < b.name; });
    plan.nodes[i].size_bytes = directory_bytes(entries[i], plan.nodes).size();
  }
  FAASC_CHECK(place(plan));
  for (std::size_t i = 0; i < plan.nodes.size(); ++i)
    if (S_ISDIR(plan.nodes[i].mode)) plan.nodes[i].directory = directory_bytes(entries[i], plan.nodes);
  derive_uuid(options, second_names, plan);
  return plan;
}

}  // namespace faasc
