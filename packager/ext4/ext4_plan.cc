#include "packager/ext4/ext4_plan.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/endian.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "packager/ext4/codes.h"
#include "packager/rootfs/tree_identity.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kMaxLabelBytes = 16;
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 44;  // 2^32 blocks
constexpr std::uint32_t kMaxLinks = 65000;
constexpr std::uint8_t kFileType = 1, kDirectoryType = 2, kSymlinkType = 7;

struct DirectoryEntryHeader {  // the name follows, padded to 4 bytes
  le32 inode;
  le16 record_bytes;
  std::uint8_t name_bytes;
  std::uint8_t type;
};
static_assert(sizeof(DirectoryEntryHeader) == 8);

std::uint64_t blocks_for(std::uint64_t bytes) {
  return (bytes + kExt4Block - 1) / kExt4Block;
}

Result<std::vector<Ext4Node::Run>> data_of_sparse_file(const fs::path& path, std::uint64_t size) {
  FAASC_TRY(Fd fd, open_for_reading(path));
  std::vector<Ext4Node::Run> runs;
  for (off_t at = 0; static_cast<std::uint64_t>(at) < size;) {
    FAASC_CHECK(check_interrupt());
    off_t data = ::lseek(fd.get(), at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;  // a hole to the end
    off_t hole = data < 0 ? data : ::lseek(fd.get(), data, SEEK_HOLE);
    if (hole < 0) return io_error("read", path, errno);
    std::uint64_t first = static_cast<std::uint64_t>(data) / kExt4Block;
    std::uint64_t end = blocks_for(std::min(static_cast<std::uint64_t>(hole), size));
    if (!runs.empty() && runs.back().first_block + runs.back().blocks >= first) {
      runs.back().blocks = end - runs.back().first_block;
    } else if (end > first) {
      runs.push_back({first, end - first});
    }
    at = hole;
  }
  return runs;
}

Result<void> plan_host_file(const fs::path& path, Ext4Node& node) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return io_error("read", path, errno);
  if (!S_ISREG(status.st_mode))
    return Error{Fault::Input, kExt4BadInput, "'" + path.string() + "' is not a regular file", {}, {}};
  node.size_bytes = static_cast<std::uint64_t>(status.st_size);
  if (node.size_bytes >= kMaxFileBytes)
    return Error{Fault::Input,
                 kExt4TooLarge,
                 "'" + path.string() + "' has " + std::to_string(node.size_bytes) + " bytes; less than " +
                     std::to_string(kMaxFileBytes) + " are possible",
                 {},
                 {}};
  if (static_cast<std::uint64_t>(status.st_blocks) * 512 < node.size_bytes) {
    FAASC_TRY(node.data, data_of_sparse_file(path, node.size_bytes));
  } else if (node.size_bytes > 0) {
    node.data = {{0, blocks_for(node.size_bytes)}};
  }
  return {};
}

void plan_stored_file(const StoredFile& file, Ext4Node& node) {
  node.size_bytes = file.entry->size_bytes;
  for (const StoredRun& run : file.tree->runs(*file.entry)) {
    std::uint64_t first = run.file_offset / kExt4Block;
    std::uint64_t end = blocks_for(run.file_offset + run.size_bytes);
    if (!node.data.empty()) {
      Ext4Node::Run& last = node.data.back();
      first = std::max(first, last.first_block + last.blocks);
      if (first == last.first_block + last.blocks) {
        last.blocks += end > first ? end - first : 0;
        continue;
      }
    }
    if (end > first) node.data.push_back({first, end - first});
  }
}

Result<Ext4Node> plan_node(std::string_view path, const RootfsNode& source) {
  Ext4Node node;
  node.source = &source;
  node.path = path;
  node.mode = static_cast<std::uint16_t>(source.mode & 07777);
  if (const auto* file = std::get_if<HostFile>(&source.content)) {
    node.mode |= S_IFREG;
    FAASC_CHECK(plan_host_file(file->path, node));
  } else if (const auto* bytes = std::get_if<InlineBytes>(&source.content)) {
    node.mode |= S_IFREG;
    node.size_bytes = bytes->bytes.size();
    if (node.size_bytes > 0) node.data = {{0, blocks_for(node.size_bytes)}};
  } else if (const auto* stored = std::get_if<StoredFile>(&source.content)) {
    node.mode |= S_IFREG;
    plan_stored_file(*stored, node);
    if (node.size_bytes >= kMaxFileBytes)
      return Error{Fault::Input,
                   kExt4TooLarge,
                   "'" + std::string(path) + "' has " + std::to_string(node.size_bytes) +
                       " bytes; less than " + std::to_string(kMaxFileBytes) + " are possible",
                   {},
                   {}};
  } else if (const auto* link = std::get_if<Symlink>(&source.content)) {
    node.mode = S_IFLNK | 0777;
    node.size_bytes = link->target.size();
    if (link->target.empty() || link->target.size() >= kExt4Block)
      return Error{Fault::Input,
                   kExt4TooLarge,
                   "the target of symbolic link '" + std::string(path) + "' has " +
                       std::to_string(link->target.size()) + " bytes; 1 to " +
                       std::to_string(kExt4Block - 1) + " are possible",
                   {},
                   {}};
    if (node.size_bytes >= kExt4InlineSymlink) node.data = {{0, 1}};
  } else {
    node.mode |= S_IFDIR;
    node.links = 2;
  }
  return node;
}

std::uint8_t type_of(const Ext4Node& node) {
  return S_ISDIR(node.mode) ? kDirectoryType : S_ISLNK(node.mode) ? kSymlinkType : kFileType;
}

void derive_ids(const Ext4Options& options, const std::vector<std::string_view>& second_names,
                Ext4Plan& plan) {
  TreeIdentity identity("faasc ext4 2");
  identity.add(options.label);
  identity.add(options.identity);
  identity.add(options.free_bytes);
  for (const Ext4Node& node : plan.nodes)
    identity.add_node(node.path, node.mode, node.size_bytes, node.source);
  for (std::string_view name : second_names) identity.add(name);
  const Sha256Digest digest = identity.finish();
  const auto uuid = as_uuid(digest);
  std::copy(uuid.begin(), uuid.end(), plan.uuid);
  std::memcpy(plan.hash_seed, digest.data() + 16, 16);
}

}  // namespace

std::uint64_t Ext4Node::blocks() const {
  std::uint64_t sum = 0;
  for (const Run& run : data) sum += run.blocks;
  return sum;
}

std::string ext4_directory(const std::vector<Ext4DirectoryEntry>& entries) {
  std::string out;
  std::size_t last = 0;
  auto fill_block = [&] {
    // Records may be as long as a block, and 4096 fits the field.
    DirectoryEntryHeader header;
    std::size_t end = blocks_for(out.size()) * kExt4Block;
    std::memcpy(&header, out.data() + last, sizeof header);
    header.record_bytes = static_cast<std::uint16_t>(end - last);
    std::memcpy(out.data() + last, &header, sizeof header);
    out.resize(end, '\0');
  };
  for (const Ext4DirectoryEntry& entry : entries) {
    std::size_t record = (sizeof(DirectoryEntryHeader) + entry.name.size() + 3) & ~std::size_t{3};
    std::size_t room = (kExt4Block - out.size() % kExt4Block) % kExt4Block;
    if (!out.empty() && room < record) fill_block();
    last = out.size();
    DirectoryEntryHeader header{entry.inode, static_cast<std::uint16_t>(record),
                                static_cast<std::uint8_t>(entry.name.size()), entry.type};
    out.append(reinterpret_cast<const char*>(&header), sizeof header);
    out += entry.name;
    out.resize(last + record, '\0');
  }
  fill_block();
  return out;
}

Result<Ext4Plan> plan_ext4(const Rootfs& rootfs, const Ext4Options& options) {
  if (options.label.size() > kMaxLabelBytes || options.label.find('\0') != std::string::npos)
    return Error{Fault::Input,
                 kExt4BadLabel,
                 "label '" + options.label + "' has " + std::to_string(options.label.size()) +
                     " bytes; at most " + std::to_string(kMaxLabelBytes) + " are possible",
                 {},
                 {}};
  Ext4Plan plan;
  plan.nodes.reserve(rootfs.nodes().size() + 1);
  Ext4Node root;
  root.inode = kExt4RootInode;
  root.mode = S_IFDIR | 0755;
  root.links = 2;
  plan.nodes.push_back(std::move(root));
  std::uint32_t next_inode = kExt4FirstInode;
  std::vector<std::pair<std::string_view, std::size_t>> names;  // in the tree's order, and whose they are
  std::vector<std::string_view> second_names;
  std::map<const RootfsNode*, std::size_t> linked;  // files behind hard links → plan.nodes
  if (rootfs.has_hard_links())
    for (const auto& [path, source] : rootfs.nodes())
      if (std::holds_alternative<HardLink>(source.content)) linked.emplace(&rootfs.behind(source), 0);
  for (const auto& [path, source] : rootfs.nodes()) {
    FAASC_CHECK(check_interrupt());
    const RootfsNode& content = rootfs.behind(source);
    auto group = linked.empty() ? linked.end() : linked.find(&content);
    if (group != linked.end() && group->second != 0) {
      if (++plan.nodes[group->second].links > kMaxLinks)
        return Error{
            Fault::Input,
            kExt4TooLarge,
            "the file '" + std::string(path) + "' has more than " + std::to_string(kMaxLinks) + " names",
            {},
            {}};
      names.emplace_back(path, group->second);
      second_names.push_back(path);
      continue;
    }
    FAASC_TRY(Ext4Node node, plan_node(path, content));
    node.inode = next_inode++;
    if (S_ISREG(node.mode)) plan.payload_bytes += node.size_bytes;
    names.emplace_back(path, plan.nodes.size());
    if (group != linked.end()) group->second = plan.nodes.size();
    plan.nodes.push_back(std::move(node));
  }

  // In the tree's order, the directory that holds a node is the nearest one before it with its path as a
  // prefix.
  std::vector<std::vector<Ext4DirectoryEntry>> entries(plan.nodes.size());
  entries[0] = {{kExt4RootInode, kDirectoryType, "."}, {kExt4RootInode, kDirectoryType, ".."}};
  std::vector<std::size_t> open = {0};
  for (const auto& [path, i] : names) {
    Ext4Node& node = plan.nodes[i];
    std::string_view parent_path = path.substr(0, path.rfind('/'));
    while (plan.nodes[open.back()].path != parent_path) open.pop_back();
    std::size_t parent = open.back();
    entries[parent].push_back({node.inode, type_of(node), path.substr(parent_path.size() + 1)});
    if (!S_ISDIR(node.mode)) continue;
    ++plan.nodes[parent].links;
    entries[i] = {{node.inode, kDirectoryType, "."}, {plan.nodes[parent].inode, kDirectoryType, ".."}};
    open.push_back(i);
  }
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    Ext4Node& node = plan.nodes[i];
    if (S_ISDIR(node.mode)) {
      node.directory = ext4_directory(entries[i]);
      node.size_bytes = node.directory.size();
      node.data = {{0, node.size_bytes / kExt4Block}};
      if (node.links > kMaxLinks) node.links = 1;  // "dir_nlink": too many to count
    }
    plan.data_blocks += node.blocks();
  }
  derive_ids(options, second_names, plan);
  return plan;
}

}  // namespace faasc
