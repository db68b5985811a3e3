#include "packager/fat/fat_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <cstring>
#include <map>
#include <optional>

#include "packager/fat/codes.h"
#include "packager/fat/fat_format.h"

namespace faasc {
namespace {

using namespace fat;

constexpr std::uint64_t kMostDirectoryBytes = 65'536 * sizeof(DirectoryEntry);  // what the format allows

Error damaged(std::string what) {
  return {Fault::Input, kFatDamaged, "the boot partition is damaged: " + std::move(what), {}, {}};
}
Error not_fat(std::string why) {
  return {Fault::Input, kFatNotFat, "not a FAT32 file system: " + std::move(why), {}, {}};
}

void append_utf8(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  }
}

std::string utf8_of(const std::u16string& text) {
  constexpr std::uint32_t kReplacement = 0xfffd;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::uint32_t unit = text[i];
    if (unit < 0xd800 || unit > 0xdfff) {
      append_utf8(out, unit);
    } else if (unit < 0xdc00 && i + 1 < text.size() && text[i + 1] >= 0xdc00 && text[i + 1] <= 0xdfff) {
      append_utf8(out, 0x10000 + ((unit - 0xd800) << 10) + (text[++i] - 0xdc00u));
    } else {
      append_utf8(out, kReplacement);
    }
  }
  return out;
}

std::uint8_t checksum_of(const std::array<char, 11>& name) {
  std::uint8_t sum = 0;
  for (char c : name) sum = static_cast<std::uint8_t>((sum >> 1 | sum << 7) + static_cast<std::uint8_t>(c));
  return sum;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string short_name(const DirectoryEntry& entry) {
  auto part = [&](std::size_t from, std::size_t size, bool small) {
    std::string_view text(entry.name.data() + from, size);
    text = text.substr(0, text.find_last_not_of(' ') + 1);
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      auto byte = static_cast<unsigned char>(text[i]);
      if (from == 0 && i == 0 && byte == 0x05)
        byte = kDeleted;  // stands for a letter that looks like "deleted"
      if (byte < 0x80)
        out += small ? lower(static_cast<char>(byte)) : static_cast<char>(byte);
      else
        append_utf8(out, 0xfffd);  // of a code page that is not written down
    }
    return out;
  };
  std::string base = part(0, 8, (entry.lower_case & 0x08) != 0);
  std::string extension = part(8, 3, (entry.lower_case & 0x10) != 0);
  return extension.empty() ? base : base + "." + extension;
}

/// The pieces of a long name, on their way to the entry they belong to.
class LongName {
 public:
  void add(const LongNameEntry& piece) {
    std::size_t order = piece.order & 0x3f;
    bool last = (piece.order & 0x40) != 0;
    if (last) {
      text_.clear();
      checksum_ = piece.checksum;
      expected_ = order;
    }
    if (order == 0 || order > 20 || order != expected_ || piece.checksum != checksum_) return clear();
    --expected_;
    std::u16string units;
    for (le16 unit : piece.name_1) units += static_cast<char16_t>(unit);
    for (le16 unit : piece.name_2) units += static_cast<char16_t>(unit);
    for (le16 unit : piece.name_3) units += static_cast<char16_t>(unit);
    text_ = units.substr(0, units.find(u'\0')) + text_;
    complete_ = expected_ == 0;
  }
  void clear() {
    text_.clear();
    expected_ = SIZE_MAX;
    complete_ = false;
  }
  /// The name, if it is whole and that of `entry`.
  std::optional<std::string> of(const DirectoryEntry& entry) const {
    if (!complete_ || checksum_ != checksum_of(entry.name)) return std::nullopt;
    return utf8_of(text_);
  }

 private:
  std::u16string text_;
  std::size_t expected_ = SIZE_MAX;
  std::uint8_t checksum_ = 0;
  bool complete_ = false;
};

class Walk {
 public:
  using Runs = std::vector<StoredRun>;

  explicit Walk(const ByteSource& source) : source_(source) {}

  Result<void> run() {
    FAASC_CHECK(read_boot_sector());
    claimed_.resize(kFirstCluster + clusters_);
    FAASC_TRY(Runs root, runs_of(root_cluster_, "the root directory"));
    std::vector<std::pair<std::string, Runs>> directories{{"", std::move(root)}};
    while (!directories.empty()) {
      auto [path, runs] = std::move(directories.back());
      directories.pop_back();
      std::size_t first = entries.size();
      FAASC_CHECK(read_directory(path, runs));
      for (std::size_t i = first; i < entries.size(); ++i)
        if (entries[i].kind == StoredEntry::Kind::Directory)
          directories.emplace_back(entries[i].path, std::move(runs_by_id[entries[i].id]));
    }
    return {};
  }

  std::vector<StoredEntry> entries;
  std::map<std::uint64_t, std::vector<StoredRun>> runs_by_id;
  std::string label;
  std::uint64_t size_bytes = 0;
  std::uint32_t volume_id = 0;

 private:
  Result<void> read_boot_sector() {
    BootSector boot;
    if (source_.size() < sizeof boot)
      return not_fat("it has only " + std::to_string(source_.size()) + " bytes");
    FAASC_CHECK(source_.read_at(0, reinterpret_cast<char*>(&boot), sizeof boot));
    if (boot.signature != kSignature || (boot.jump[0] != 0xeb && boot.jump[0] != 0xe9))
      return not_fat("sector 0 is no boot sector");
    if (boot.bytes_per_sector != kSectorSize || !std::has_single_bit(boot.sectors_per_cluster) ||
        boot.fat_count == 0 || boot.fat_count > 2)
      return not_fat("its sectors have " + std::to_string(boot.bytes_per_sector) + " bytes, its clusters " +
                     std::to_string(boot.sectors_per_cluster) + " sectors, and it has " +
                     std::to_string(boot.fat_count) + " FATs");
    if (boot.root_entries != 0 || boot.fat_sectors_16 != 0) return not_fat("this is FAT12 or FAT16");
    std::uint64_t total = boot.total_sectors;
    fat_start_ = boot.reserved_sectors;
    data_start_ = fat_start_ + std::uint64_t{boot.fat_count} * boot.fat_sectors;
    sectors_per_cluster_ = boot.sectors_per_cluster;
    if (fat_start_ == 0 || total <= data_start_) return damaged("its parts do not fit one another");
    clusters_ = (total - data_start_) / sectors_per_cluster_;
    size_bytes = total * kSectorSize;
    if (size_bytes > source_.size())
      return damaged("it has " + std::to_string(size_bytes) + " bytes, of which " +
                     std::to_string(source_.size()) + " are there");
    if ((clusters_ + kFirstCluster) * 4 > std::uint64_t{boot.fat_sectors} * kSectorSize)
      return damaged("its FAT is too small for " + std::to_string(clusters_) + " clusters");
    root_cluster_ = boot.root_cluster;
    volume_id = boot.volume_id;
    return {};
  }

  Result<std::uint32_t> next_of(std::uint32_t cluster) {
    constexpr std::uint32_t kEntries = kSectorSize / 4;
    if (cached_sector_ != cluster / kEntries) {
      FAASC_CHECK(source_.read_at((fat_start_ + cluster / kEntries) * kSectorSize,
                                  reinterpret_cast<char*>(cached_.data()), kSectorSize));
      cached_sector_ = cluster / kEntries;
    }
    return cached_[cluster % kEntries] & kClusterMask;
  }

  // Follows the chain, whose clusters then belong to `whose`.
  Result<Runs> runs_of(std::uint32_t first, const std::string& whose) {
    Runs runs;
    std::uint64_t offset = 0;
    std::uint64_t cluster_bytes = std::uint64_t{sectors_per_cluster_} * kSectorSize;
    for (std::uint32_t cluster = first; cluster < kLastCluster;) {
      if (cluster < kFirstCluster || cluster >= kFirstCluster + clusters_)
        return damaged(whose + " has cluster " + std::to_string(cluster) + " of " +
                       std::to_string(clusters_));
      if (claimed_[cluster])
        return damaged(whose + " has cluster " + std::to_string(cluster) + ", which is taken");
      claimed_[cluster] = true;
      std::uint64_t at = data_start_ * kSectorSize + (cluster - kFirstCluster) * cluster_bytes;
      if (!runs.empty() && runs.back().source_offset + runs.back().size_bytes == at)
        runs.back().size_bytes += cluster_bytes;
      else
        runs.push_back({offset, at, cluster_bytes});
      offset += cluster_bytes;
      FAASC_TRY(cluster, next_of(cluster));
    }
    return runs;
  }

  static std::uint64_t bytes_in(const Runs& runs) {
    return runs.empty() ? 0 : runs.back().file_offset + runs.back().size_bytes;
  }

  Result<void> read_directory(const std::string& path, const Runs& runs) {
    if (bytes_in(runs) > kMostDirectoryBytes)
      return damaged("directory '" + path + "/' has " + std::to_string(bytes_in(runs)) + " bytes");
    LongName long_name;
    for (const StoredRun& run : runs) {
      std::string bytes(run.size_bytes, '\0');
      FAASC_CHECK(source_.read_at(run.source_offset, bytes.data(), bytes.size()));
      for (std::size_t at = 0; at < bytes.size(); at += sizeof(DirectoryEntry)) {
        if (bytes[at] == 0) return {};
        FAASC_CHECK(read_entry(path, bytes.data() + at, long_name));
      }
    }
    return {};
  }

  Result<void> read_entry(const std::string& directory, const char* bytes, LongName& long_name) {
    DirectoryEntry raw;
    std::memcpy(&raw, bytes, sizeof raw);
    if (static_cast<std::uint8_t>(raw.name[0]) == kDeleted) {
      long_name.clear();
      return {};
    }
    if ((raw.attributes & 0x3f) == kLongName) {
      LongNameEntry piece;
      std::memcpy(&piece, bytes, sizeof piece);
      long_name.add(piece);
      return {};
    }
    std::string name = long_name.of(raw).value_or(short_name(raw));
    long_name.clear();
    if ((raw.attributes & kVolumeLabel) != 0) {
      if (directory.empty()) label = std::string_view(raw.name.data(), 11).substr(0, 11);
      label.erase(label.find_last_not_of(' ') + 1);
      return {};
    }
    if (name == "." || name == "..") return {};
    bool sensible =
        !name.empty() && name.size() <= 1020 && name.find('/') == std::string::npos &&
        std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (!sensible) return damaged("directory '" + directory + "/' has an entry whose name cannot be");

    StoredEntry entry;
    entry.path = directory + "/" + name;
    if (entry.path.size() > 4095) return damaged("directories nest too deeply");
    bool is_directory = (raw.attributes & kDirectory) != 0;
    entry.kind = is_directory ? StoredEntry::Kind::Directory : StoredEntry::Kind::File;
    entry.size_bytes = is_directory ? 0 : static_cast<std::uint32_t>(raw.size);
    entry.id = entries.size() + 1;
    std::uint32_t first = std::uint32_t{raw.cluster_high} << 16 | raw.cluster_low;
    Runs runs;
    if (first != 0 || is_directory) {
      FAASC_TRY(runs, runs_of(first, "'" + entry.path + "'"));
    }
    if (bytes_in(runs) < entry.size_bytes)
      return damaged("'" + entry.path + "' has " + std::to_string(entry.size_bytes) + " bytes, of which " +
                     std::to_string(bytes_in(runs)) + " are there");
    if (!is_directory) {
      // Clusters end behind their file.
      while (!runs.empty() && runs.back().file_offset >= entry.size_bytes) runs.pop_back();
      if (!runs.empty()) runs.back().size_bytes = entry.size_bytes - runs.back().file_offset;
    }
    runs_by_id[entry.id] = std::move(runs);
    entries.push_back(std::move(entry));
    return {};
  }

  const ByteSource& source_;
  std::uint64_t fat_start_ = 0, data_start_ = 0, clusters_ = 0;
  std::uint32_t sectors_per_cluster_ = 1, root_cluster_ = 0;
  std::vector<bool> claimed_;
  std::array<le32, kSectorSize / 4> cached_;
  std::uint64_t cached_sector_ = UINT64_MAX;
};

}  // namespace

Result<FatReader> FatReader::open(std::shared_ptr<const ByteSource> source) {
  Walk walk(*source);
  FAASC_CHECK(walk.run());
  FatReader reader;
  reader.source_ = std::move(source);
  reader.volume_bytes_ = walk.size_bytes;
  reader.volume_id_ = walk.volume_id;
  reader.label_ = std::move(walk.label);
  reader.entries_ = std::move(walk.entries);
  reader.runs_ = std::move(walk.runs_by_id);
  reader.sort_entries();
  return reader;
}

std::string FatReader::uuid_text() const {
  char text[16];
  std::snprintf(text, sizeof text, "%04X-%04X", volume_id_ >> 16, volume_id_ & 0xffff);
  return text;
}

const StoredEntry* FatReader::find_in_any_case(std::string_view path) const {
  auto same = [&](const StoredEntry& entry) {
    return std::equal(path.begin(), path.end(), entry.path.begin(), entry.path.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
  };
  auto found = std::find_if(entries_.begin(), entries_.end(), same);
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace faasc
