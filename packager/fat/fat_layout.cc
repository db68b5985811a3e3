#include "packager/fat/fat_layout.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <map>
#include <optional>

#include <sys/stat.h>

#include "base/file.h"
#include "base/sha256.h"
#include "packager/fat/codes.h"
#include "packager/fat/fat_format.h"

namespace faasc {
namespace {

using namespace fat;

constexpr std::uint64_t kPageSectors = 8;
constexpr std::uint32_t kReservedSectors = 32;
constexpr std::uint64_t kMiBSectors = 2048;
constexpr std::uint64_t kLeastSectors = 33 * kMiBSectors;
constexpr std::uint64_t kManyClusters = 1 << 19;  // beyond 256 MiB, clusters grow rather than the FAT
constexpr std::uint32_t kMostSectorsPerCluster = 64;

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

Error unfit(std::string_view path, const std::string& why) {
  return {
      Fault::Input, kFatUnfit, "'" + std::string(path) + "' cannot be on a boot partition: " + why, {}, {}};
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// "BOOTX64.EFI" → "BOOTX64 EFI"; nothing where it does not fit.
std::optional<std::array<char, 11>> short_name(std::string_view name) {
  std::size_t dot = name.find('.');
  std::string_view base = name.substr(0, dot);
  std::string_view extension = dot == std::string_view::npos ? "" : name.substr(dot + 1);
  bool fits = !base.empty() && base.size() <= 8 && extension.size() <= 3 && is_plain(base) &&
              is_plain(extension) && (dot == std::string_view::npos || !extension.empty());
  if (!fits) return std::nullopt;
  std::array<char, 11> out;
  out.fill(' ');
  base.copy(out.data(), base.size());
  extension.copy(out.data() + 8, extension.size());
  return out;
}

DirectoryEntry entry_of(const std::array<char, 11>& name, std::uint8_t attributes, std::uint32_t cluster,
                        std::uint32_t size) {
  DirectoryEntry entry;
  entry.name = name;
  entry.attributes = attributes;
  entry.created_date = entry.accessed_date = entry.modified_date = kFirstDay;
  entry.cluster_high = static_cast<std::uint16_t>(cluster >> 16);
  entry.cluster_low = static_cast<std::uint16_t>(cluster);
  entry.size = size;
  return entry;
}

std::array<char, 11> padded(std::string_view text) {
  std::array<char, 11> out;
  out.fill(' ');
  text.copy(out.data(), out.size());
  return out;
}

std::string_view parent_of(std::string_view path) {
  return path.substr(0, path.rfind('/'));  // "" is the root
}

class Planner {
 public:
  Planner(const Rootfs& tree, const FatOptions& options) : tree_(tree) {
    layout_.label = options.label;
    layout_.hidden_sectors = options.first_sector;
  }

  Result<FatLayout> plan() {
    if (layout_.label.size() > 11 || !is_plain(layout_.label)) return unfit(layout_.label, "it is no label");
    FAASC_CHECK(look_at_tree());
    FAASC_CHECK(choose_size());
    place();
    fill_directories();
    layout_.volume_id = volume_id();
    return std::move(layout_);
  }

 private:
  struct Folder {
    std::string_view path;
    std::uint32_t entries = 2;  // "." and ".."; in the root, the label and room for one more
    std::uint32_t cluster = 0;
  };

  Result<void> look_at_tree() {
    folders_.push_back({});
    folder_of_[""] = 0;
    for (const auto& [path, node] : tree_.nodes()) {
      std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
      if (!short_name(name)) return unfit(path, "names are at most 8 capitals, a dot, and 3 more");
      ++folders_[folder_of_[parent_of(path)]].entries;
      if (std::holds_alternative<Directory>(node.content)) {
        folder_of_[path] = folders_.size();
        folders_.push_back({.path = path});
        continue;
      }
      if (std::holds_alternative<Symlink>(node.content) || std::holds_alternative<HardLink>(node.content))
        return unfit(path, "there are no links");
      std::uint64_t size = 0;
      if (const auto* inlined = std::get_if<InlineBytes>(&node.content)) {
        size = inlined->bytes.size();
      } else if (const auto* stored = std::get_if<StoredFile>(&node.content)) {
        size = stored->entry->size_bytes;
      } else {
        const std::string& from = std::get<HostFile>(node.content).path;
        struct stat status{};
        if (::stat(from.c_str(), &status) != 0) return io_error("read", from, errno);
        if (!S_ISREG(status.st_mode)) return unfit(path, "'" + from + "' is no regular file");
        size = static_cast<std::uint64_t>(status.st_size);
      }
      if (size > std::numeric_limits<std::uint32_t>::max())
        return unfit(path, "it has " + std::to_string(size) + " bytes; less than 4 GiB are possible");
      layout_.files.push_back({.path = path, .node = &node, .size_bytes = static_cast<std::uint32_t>(size)});
      layout_.payload_bytes += size;
    }
    return {};
  }

  std::uint64_t cluster_bytes() const { return std::uint64_t{layout_.sectors_per_cluster} * kSectorSize; }
  std::uint64_t clusters_for(std::uint64_t bytes) const {
    return (bytes + cluster_bytes() - 1) / cluster_bytes();
  }
  std::uint64_t file_alignment() const {
    return std::max<std::uint64_t>(1, kPageSectors / layout_.sectors_per_cluster);
  }

  std::uint64_t needed_clusters() const {
    std::uint64_t next = 0;
    for (const Folder& folder : folders_) next += clusters_for(folder.entries * sizeof(DirectoryEntry));
    for (const FatLayout::File& file : layout_.files)
      next = align_up(next, file_alignment()) + clusters_for(file.size_bytes);
    return next;
  }

  // A FAT for all clusters that could be if there were no FATs: a little too large, in whole pages.
  std::uint64_t fat_sectors_for(std::uint64_t total_sectors) const {
    std::uint64_t clusters = total_sectors / layout_.sectors_per_cluster + kFirstCluster;
    return align_up((clusters * 4 + kSectorSize - 1) / kSectorSize, kPageSectors);
  }

  Result<void> choose_size() {
    std::uint64_t clusters = needed_clusters();
    while (clusters > kManyClusters && layout_.sectors_per_cluster < kMostSectorsPerCluster) {
      layout_.sectors_per_cluster *= 2;
      clusters = needed_clusters();
    }
    std::uint64_t total =
        std::max(kLeastSectors, align_up(clusters * layout_.sectors_per_cluster, kMiBSectors));
    auto capacity = [&] {
      return (total - kReservedSectors - 2 * fat_sectors_for(total)) / layout_.sectors_per_cluster;
    };
    while (capacity() < clusters) total += kMiBSectors;
    if (total > std::numeric_limits<std::uint32_t>::max() || capacity() >= kClusterMask - kFirstCluster)
      return unfit("/", "all together is more than such a partition can hold");
    assert(capacity() >= kLeastClusters);
    layout_.total_sectors = static_cast<std::uint32_t>(total);
    layout_.fat_sectors = static_cast<std::uint32_t>(fat_sectors_for(total));
    return {};
  }

  void place() {
    std::uint64_t next = 0;
    for (Folder& folder : folders_) {
      auto clusters = static_cast<std::uint32_t>(clusters_for(folder.entries * sizeof(DirectoryEntry)));
      folder.cluster = static_cast<std::uint32_t>(next) + kFirstCluster;
      layout_.directories.push_back({folder.cluster, clusters, {}});
      next += clusters;
    }
    for (FatLayout::File& file : layout_.files) {
      if (file.size_bytes == 0) continue;
      next = align_up(next, file_alignment());
      file.first_cluster = static_cast<std::uint32_t>(next) + kFirstCluster;
      file.first_sector = layout_.sector_of(file.first_cluster);
      next += clusters_for(file.size_bytes);
    }
    layout_.used_clusters = static_cast<std::uint32_t>(next);
  }

  void add_entry(std::string_view folder, const DirectoryEntry& entry) {
    std::string& entries = layout_.directories[folder_of_[folder]].entries;
    entries.append(reinterpret_cast<const char*>(&entry), sizeof entry);
  }

  void fill_directories() {
    if (!layout_.label.empty()) add_entry("", entry_of(padded(layout_.label), kVolumeLabel, 0, 0));
    std::size_t file = 0;
    for (const auto& [path, node] : tree_.nodes()) {
      std::string_view parent = parent_of(path);
      auto name = *short_name(std::string_view(path).substr(path.rfind('/') + 1));
      if (!std::holds_alternative<Directory>(node.content)) {
        add_entry(parent, entry_of(name, kArchive, layout_.files[file].first_cluster,
                                   layout_.files[file].size_bytes));
        ++file;
        continue;
      }
      const Folder& folder = folders_[folder_of_[path]];
      add_entry(parent, entry_of(name, kDirectory, folder.cluster, 0));
      add_entry(path, entry_of(padded("."), kDirectory, folder.cluster, 0));
      // The root is cluster 0 here, wherever it is.
      std::uint32_t above = parent.empty() ? 0 : folders_[folder_of_[parent]].cluster;
      add_entry(path, entry_of(padded(".."), kDirectory, above, 0));
    }
  }

  std::uint32_t volume_id() const {
    Sha256 hash;
    for (const FatLayout::File& file : layout_.files)
      hash.update(std::string(file.path) + '\0' + std::to_string(file.size_bytes) + '\0');
    Sha256Digest digest = hash.finish();
    std::uint32_t id = 0;
    std::memcpy(&id, digest.data(), sizeof id);
    return id;
  }

  const Rootfs& tree_;
  FatLayout layout_;
  std::vector<Folder> folders_;
  std::map<std::string_view, std::size_t> folder_of_;
};

}  // namespace

std::uint64_t FatLayout::first_data_sector() const {
  return kReservedSectors + 2 * std::uint64_t{fat_sectors};
}

std::uint64_t FatLayout::sector_of(std::uint32_t cluster) const {
  return first_data_sector() + std::uint64_t{cluster - kFirstCluster} * sectors_per_cluster;
}

const FatLayout::File* FatLayout::find(std::string_view path) const {
  for (const File& file : files)
    if (file.path == path) return &file;
  return nullptr;
}

Result<FatLayout> plan_fat(const Rootfs& tree, const FatOptions& options) {
  return Planner(tree, options).plan();
}

}  // namespace faasc
