#include "packager/tfs/tfs_layout.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

#include "base/interrupt.h"
#include "base/sha256.h"
#include "base/varint.h"
#include "packager/output/host_files.h"
#include "packager/rootfs/tree_identity.h"
#include "packager/tfs/codes.h"

namespace faasc {
namespace {

using tfs::Encoder;
using tfs::kExtensionSectors;
using tfs::kSectorSize;

// Sectors of a page of the host's file system and of the guest's cache.
constexpr std::uint64_t kPageSectors = 8;
constexpr std::uint64_t kAlignedFileBytes = std::uint64_t{1} << 20;

// What an extension of the log can hold of a value, when it keeps room for its header, the header of a
// record, the link to the next one and the end mark.
constexpr std::uint64_t kRecordHeaderBytes = 1 + 2 * kMaxVarintBytes;
constexpr std::uint64_t kLinkBytes = 1 + 2 * kMaxVarintBytes;
constexpr std::uint64_t kExtensionHeaderBytes = tfs::kMagic.size() + 1 + varint_size(kExtensionSectors);
constexpr std::uint64_t kExtensionCapacity =
    kExtensionSectors * kSectorSize - kExtensionHeaderBytes - kRecordHeaderBytes - kLinkBytes - 1;

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

// One directory, file or link, in the order of the tree's walk.
struct Node {
  std::string_view name;
  const RootfsNode* node;
  std::uint64_t size_bytes = 0;          // of a file
  std::uint64_t sector = 0;              // of a file, from where the data begin
  std::uint64_t child_count = 0;         // of a directory
  const TfsTuple* attributes = nullptr;  // beside those that make the tree; null: none
  std::uint32_t link_group = 0;  // which of the files with several names it is; 0: one with a single name
};

// A file with several names.
struct LinkGroup {
  std::size_t first_node = 0;  // in the walk, where its tuple stands
  std::uint64_t name_count = 0;
  std::uint32_t tuple = 0;  // its index, once it was encoded
};

// 128 bits that two different inputs hardly ever share by chance. SHA-256 over the log would take a quarter
// of all instructions that a file costs.
class QuickHash {
 public:
  void add(std::string_view bytes) {
    mix(bytes.size());  // so that no two sequences of parts look the same
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) mix(word(bytes));
    mix(word(bytes));
  }
  std::string state() const {
    std::string out;
    for (std::uint64_t lane : {one_, two_})
      for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(lane >> shift);
    return out;
  }

 private:
  // Up to eight bytes, the first one least significant whatever the host's byte order.
  static std::uint64_t word(std::string_view bytes) {
    std::uint64_t word = 0;
    if constexpr (std::endian::native == std::endian::little) {
      if (bytes.size() >= 8) return std::memcpy(&word, bytes.data(), 8), word;
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 8); ++i)
      word |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
    return word;
  }
  // Multiplying by an odd number loses nothing, and folding the high half down lets every bit reach every
  // other.
  void mix(std::uint64_t word) {
    one_ = (one_ ^ word) * 0x9e3779b97f4a7c15;
    one_ ^= one_ >> 32;
    two_ = (two_ + word) * 0xc2b2ae3d27d4eb4f;
    two_ ^= two_ >> 29;
  }
  std::uint64_t one_ = 1, two_ = 2;
};

class Planner {
 public:
  explicit Planner(const Rootfs& tree, const TfsOptions& options) : tree_(tree), options_(options) {}

  Result<TfsLayout> plan() {
    FAASC_CHECK(check_options());
    FAASC_CHECK(measure());
    place();
    settle_log();
    layout_.label = options_.label;
    layout_.used_sectors = data_start() + data_sectors_;
    for (TfsLayout::File& file : layout_.files) file.first_sector += data_start();
    derive_uuid();
    return std::move(layout_);
  }

 private:
  Result<void> check_options() const {
    if (options_.label.size() > tfs::kMaxLabelBytes || options_.label.find('\0') != std::string::npos)
      return Error{Fault::Input,
                   kTfsBadLabel,
                   "the volume label '" + options_.label.substr(0, 64) + "' has " +
                       std::to_string(options_.label.size()) + " bytes; at most " +
                       std::to_string(tfs::kMaxLabelBytes) + " are allowed, and no NUL",
                   {},
                   {}};
    for (const auto& [name, value] : options_.attributes)
      if (name.empty() || name == "children" || name == "..")
        return Error{
            Fault::Input, kTfsBadAttribute, "the root cannot have an attribute named '" + name + "'", {}, {}};
    return {};
  }

  // Walks the tree once: the size of every file, the number of entries of every directory.
  Result<void> measure() {
    struct OpenDirectory {
      std::size_t path_size;
      std::size_t node;
    };
    std::vector<OpenDirectory> above;
    std::map<const RootfsNode*, std::uint32_t> groups;  // by the file behind the names
    if (tree_.has_hard_links())
      for (const auto& [path, node] : tree_.nodes())
        if (std::holds_alternative<HardLink>(node.content))
          groups.emplace(&tree_.behind(node), static_cast<std::uint32_t>(groups.size() + 1));
    link_groups_.resize(groups.size() + 1);
    nodes_.reserve(tree_.nodes().size());
    for (const auto& [path, node] : tree_.nodes()) {
      FAASC_CHECK(check_interrupt());
      // The walk is depth first, so the directory that holds this node is the one still open with a path that
      // long.
      std::size_t parent_size = path.rfind('/');
      while (!above.empty() && above.back().path_size > parent_size) above.pop_back();
      ++(above.empty() ? root_child_count_ : nodes_[above.back().node].child_count);

      nodes_.push_back({std::string_view(path).substr(parent_size + 1), &node});
      name_bytes_ += nodes_.back().name.size();
      if (!options_.node_attributes.empty())
        if (auto more = options_.node_attributes.find(path); more != options_.node_attributes.end())
          nodes_.back().attributes = &more->second;
      if (std::holds_alternative<Directory>(node.content)) {
        above.push_back({path.size(), nodes_.size() - 1});
      } else if (!std::holds_alternative<Symlink>(node.content)) {
        const RootfsNode& content = tree_.behind(node);
        if (!groups.empty()) {
          if (auto found = groups.find(&content); found != groups.end()) {
            nodes_.back().link_group = found->second;
            LinkGroup& group = link_groups_[found->second];
            if (++group.name_count > 1) continue;
            group.first_node = nodes_.size() - 1;
          }
        }
        TfsLayout::File file{path, &content, 0, 0, false, {}};
        FAASC_CHECK(measure_file(file));
        nodes_.back().size_bytes = file.size_bytes;
        layout_.payload_bytes += file.size_bytes;
        if (file.size_bytes > 0) layout_.files.push_back(file);
      }
    }
    return {};
  }

  Result<void> measure_file(TfsLayout::File& file) {
    if (const auto* bytes = std::get_if<InlineBytes>(&file.node->content)) {
      file.size_bytes = bytes->bytes.size();
      return {};
    }
    if (const auto* stored = std::get_if<StoredFile>(&file.node->content)) {
      file.size_bytes = stored->entry->size_bytes;
      std::uint64_t stored_bytes = 0;
      for (const StoredRun& run : stored->tree->runs(*stored->entry)) stored_bytes += run.size_bytes;
      file.sparse = stored_bytes < file.size_bytes;
      return {};
    }
    const std::string& path = std::get<HostFile>(file.node->content).path;
    auto status = host_files_.status_of(path);
    if (!status) {
      status.error().during.push_back("measuring '" + std::string(file.guest_path) + "'");
      return std::move(status).error();
    }
    if (!S_ISREG(status->st_mode))
      return Error{Fault::Input,
                   kTfsBadInput,
                   "'" + path + "' is " + (S_ISDIR(status->st_mode) ? "a directory" : "not a regular file") +
                       " but is to become the file '" + std::string(file.guest_path) + "'",
                   {},
                   {}};
    file.size_bytes = static_cast<std::uint64_t>(status->st_size);
    file.stamp = stamp_of(*status);
    file.sparse = static_cast<std::uint64_t>(status->st_blocks) * 512 < file.size_bytes;
    return {};
  }

  // Gives every file its place, counted from where the data begin, which is a multiple of a page.
  void place() {
    auto file = layout_.files.begin();
    for (Node& node : nodes_) {
      if (node.size_bytes == 0) continue;
      if (node.size_bytes >= kAlignedFileBytes) data_sectors_ = align_up(data_sectors_, kPageSectors);
      node.sector = data_sectors_;
      (file++)->first_sector = data_sectors_;
      data_sectors_ += align_up(node.size_bytes, kSectorSize) / kSectorSize;
    }
  }

  std::uint64_t data_start() const {
    return align_up(1 + layout_.log_extensions * kExtensionSectors, kPageSectors);
  }

  // The size of the log depends on where the data begin, and that on the size of the log. A later beginning
  // never makes the encoding shorter, so this ends, and with the least number that does.
  void settle_log() {
    std::uint64_t needed = 1;
    while (needed > layout_.log_extensions) {
      layout_.log_extensions = needed;
      encode();
      needed = (layout_.root.size() + kExtensionCapacity - 1) / kExtensionCapacity;
    }
  }

  void encode() {
    Encoder encoder;
    // A file with one extent takes some 30 bytes and its name; guessing high costs address space only.
    encoder.reserve(nodes_.size() * 48 + name_bytes_ + 4096, nodes_.size() + 64);
    encoder.tuple(options_.attributes.size() + 1);
    for (const auto& [name, value] : options_.attributes) {
      encoder.name(name);
      encoder.value(value);
    }
    encoder.name("children");
    encoder.tuple(root_child_count_);
    Words words;
    // A directory's entries are the last thing in its tuple, so the whole tree is one flat sequence.
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const Node& node = nodes_[i];
      encoder.name(node.name);
      if (std::holds_alternative<Directory>(node.node->content)) {
        begin_node(encoder, node, 1);
        encoder.name("children");
        encoder.tuple(node.child_count);
      } else if (const auto* link = std::get_if<Symlink>(&node.node->content)) {
        begin_node(encoder, node, 1);
        encoder.name("linktarget");
        encoder.string(link->target);
      } else if (node.link_group == 0) {
        encode_file(encoder, node, words, 1);
      } else {
        LinkGroup& group = link_groups_[node.link_group];
        if (i != group.first_node) {
          encoder.known_tuple(group.tuple);
          continue;
        }
        group.tuple = encoder.next_index();
        encode_file(encoder, node, words, group.name_count);
      }
    }
    layout_.root = encoder.take_bytes();
  }

  // A tuple that `count` attributes are to follow in.
  static void begin_node(Encoder& encoder, const Node& node, std::uint64_t count) {
    encoder.tuple(count + (node.attributes ? node.attributes->size() : 0));
    if (!node.attributes) return;
    for (const auto& [name, value] : *node.attributes) {
      encoder.name(name);
      encoder.value(value);
    }
  }

  // The indices of the names that every file has.
  struct Words {
    std::uint32_t extents = 0, first = 0, offset = 0, length = 0, allocated = 0, filelength = 0;
  };
  static void encode_word(Encoder& encoder, std::uint32_t& index, std::string_view name) {
    if (index != 0)
      encoder.known_name(index);
    else
      index = encoder.name(name);
  }

  void encode_file(Encoder& encoder, const Node& node, Words& words, std::uint64_t names) const {
    std::uint64_t sectors = align_up(node.size_bytes, kSectorSize) / kSectorSize;
    std::uint64_t extents = (sectors + tfs::kMaxExtentSectors - 1) / tfs::kMaxExtentSectors;
    begin_node(encoder, node, names > 1 ? 3 : 2);
    if (names > 1) {
      encoder.name("nlink");
      encoder.integer({names, false});
    }
    encode_word(encoder, words.extents, "extents");
    encoder.tuple(extents);
    for (std::uint64_t from = 0; from < sectors; from += tfs::kMaxExtentSectors) {
      std::uint64_t length = std::min(sectors - from, tfs::kMaxExtentSectors);
      if (from == 0)
        encode_word(encoder, words.first, "0");
      else
        encoder.name(std::to_string(from));
      encoder.tuple(3);
      encode_word(encoder, words.offset, "offset");
      encoder.integer({data_start() + node.sector + from, false});
      encode_word(encoder, words.length, "length");
      encoder.integer({length, false});
      encode_word(encoder, words.allocated, "allocated");
      encoder.integer({length, false});
    }
    encode_word(encoder, words.filelength, "filelength");
    encoder.integer({node.size_bytes, false});
  }

  void derive_uuid() {
    QuickHash contents;
    contents.add(layout_.root);
    for (const TfsLayout::File& file : layout_.files)
      if (const auto* bytes = std::get_if<InlineBytes>(&file.node->content)) contents.add(bytes->bytes);
    Sha256 hash;
    hash.update("faasc tfs 1" + options_.label + '\0' + options_.identity + '\0' + contents.state());
    layout_.uuid = as_uuid(hash.finish());
  }

  const Rootfs& tree_;
  const TfsOptions& options_;
  HostFiles host_files_;
  TfsLayout layout_;
  std::vector<Node> nodes_;
  std::vector<LinkGroup> link_groups_;  // from 1 on
  std::uint64_t root_child_count_ = 0;
  std::uint64_t name_bytes_ = 0;
  std::uint64_t data_sectors_ = 0;
};

}  // namespace

Result<TfsLayout> plan_tfs(const Rootfs& tree, const TfsOptions& options) {
  return Planner(tree, options).plan();
}

}  // namespace faasc
