#include "packager/tfs/tfs_reader.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <set>
#include <tuple>

#include "base/interrupt.h"
#include "packager/rootfs/rootfs.h"
#include "packager/tfs/codes.h"
#include "packager/tfs/tfs_decoder.h"

namespace faasc {
namespace {

using tfs::Graph;
using tfs::GraphValue;
using tfs::kSectorSize;

constexpr std::size_t kMaxPathBytes = 4095;
// A small log can describe a huge tree, by long paths or by naming one thing often. These are far beyond what
// is real.
constexpr std::uint64_t kMaxPathBytesInAll = std::uint64_t{256} << 20;
constexpr std::size_t kMaxAttributes = 1'000'000;  // of the root, nested ones included
constexpr std::size_t kMaxAttributeBytes = std::size_t{64} << 20;
constexpr int kMaxAttributeDepth = 64;

Error damaged(std::string what) {
  return {Fault::Input, kTfsDamaged, std::move(what), {}, {}};
}

std::optional<std::uint64_t> number_from(std::string_view text) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Version 4, and some tools in version 5, have numbers as decimal text.
std::optional<std::uint64_t> number_of(const GraphValue* value) {
  if (!value) return std::nullopt;
  if (value->kind == GraphValue::Kind::Integer && !value->negative) return value->number;
  if (value->kind == GraphValue::Kind::Text) return number_from(value->text);
  return std::nullopt;
}

// Turns the graph into a list of paths.
class TreeBuilder {
 public:
  explicit TreeBuilder(const Graph& graph) : graph_(graph), is_open_(graph.tuples().size()) {}

  Result<void> build(const Graph::Tuple& root) {
    const GraphValue* children = graph_.find(root, "children");
    if (!children || children->kind != GraphValue::Kind::Tuple) return damaged("the root is no directory");
    FAASC_CHECK(open_directory("", *children));
    while (!todo_.empty()) {
      FAASC_CHECK(check_interrupt());
      Directory directory = std::move(todo_.back());
      todo_.pop_back();
      for (const auto& [symbol, child] : graph_.tuples()[directory.children])
        FAASC_CHECK(add(directory.path, graph_.name(symbol), child));
    }
    return {};
  }
  std::vector<TfsEntry> take_entries() { return std::move(entries_); }
  std::map<std::uint64_t, std::vector<TfsExtent>> take_extents() { return std::move(extents_); }

 private:
  struct Directory {
    std::string path;  // empty for the root
    std::uint64_t children;
  };

  // A directory has one name only. Otherwise the tree would be a circle, or grow without bounds when it is
  // walked.
  Result<void> open_directory(std::string path, const GraphValue& children) {
    if (is_open_[children.number])
      return damaged("the directory '" + path + "' is inside itself, or has two names");
    is_open_[children.number] = true;
    todo_.push_back({std::move(path), children.number});
    return {};
  }

  Result<void> add(const std::string& parent, std::string_view name, const GraphValue& value) {
    if (name == "..") return {};
    if (name.empty() || name == "." ||
        name.find_first_of(std::string_view("/\0", 2)) != std::string_view::npos)
      return damaged("the directory '" + parent + "/' has an entry whose name no file can have");
    TfsEntry entry;
    entry.path = parent + "/" + std::string(name);
    if (entry.path.size() > kMaxPathBytes)
      return damaged("a path has more than " + std::to_string(kMaxPathBytes) + " bytes: '" +
                     entry.path.substr(0, 64) + "'...");
    path_bytes_ += entry.path.size();
    if (path_bytes_ > kMaxPathBytesInAll)
      return damaged("all paths together have more than " + std::to_string(kMaxPathBytesInAll) + " bytes");
    if (value.kind != GraphValue::Kind::Tuple)
      return damaged("'" + entry.path + "' is no file, directory or link");
    entry.id = value.number;
    const Graph::Tuple& tuple = graph_.tuples()[value.number];
    if (auto modified = number_of(graph_.find(tuple, "mtime")))  // seconds, times 2^32
      entry.modified = static_cast<std::int64_t>(*modified >> 32);
    if (const GraphValue* children = graph_.find(tuple, "children")) {
      if (children->kind != GraphValue::Kind::Tuple) return damaged("'" + entry.path + "' is no directory");
      entry.kind = TfsEntry::Kind::Directory;
      FAASC_CHECK(open_directory(entry.path, *children));
    } else if (const GraphValue* extents = graph_.find(tuple, "extents")) {
      entry.kind = TfsEntry::Kind::File;
      FAASC_CHECK(read_file(entry, tuple, *extents));
    } else if (const GraphValue* target = graph_.find(tuple, "linktarget")) {
      if (target->kind != GraphValue::Kind::Text)
        return damaged("the link '" + entry.path + "' has no target");
      entry.kind = TfsEntry::Kind::Symlink;
      entry.target = target->text;
    }
    entries_.push_back(std::move(entry));
    return {};
  }

  Result<void> read_file(TfsEntry& entry, const Graph::Tuple& tuple, const GraphValue& list) {
    if (const GraphValue* length = graph_.find(tuple, "filelength")) {
      auto bytes = number_of(length);
      if (!bytes || *bytes > (std::uint64_t{1} << 62))
        return damaged("the file '" + entry.path + "' has no proper length");
      entry.size_bytes = *bytes;
    }
    if (list.kind != GraphValue::Kind::Tuple)
      return damaged("the file '" + entry.path + "' has no list of extents");
    auto [place, is_new] = extents_.try_emplace(entry.id);
    if (!is_new) return {};
    std::vector<TfsExtent>& extents = place->second;
    for (const auto& [symbol, value] : graph_.tuples()[list.number]) {
      if (graph_.name(symbol) == "..") continue;
      FAASC_TRY(TfsExtent extent, read_extent(entry, graph_.name(symbol), value));
      extents.push_back(extent);
    }
    std::sort(extents.begin(), extents.end(),
              [](const TfsExtent& a, const TfsExtent& b) { return a.file_sector < b.file_sector; });
    std::uint64_t end = 0;
    for (const TfsExtent& extent : extents) {
      if (extent.file_sector < end) return damaged("two extents of the file '" + entry.path + "' overlap");
      end = extent.file_sector + extent.sector_count;
    }
    return {};
  }

  Result<TfsExtent> read_extent(const TfsEntry& entry, std::string_view name, const GraphValue& value) const {
    auto bad = [&] { return damaged("an extent of the file '" + entry.path + "' is not understood"); };
    if (value.kind != GraphValue::Kind::Tuple) return bad();
    const Graph::Tuple& tuple = graph_.tuples()[value.number];
    auto file_sector = number_from(name);
    auto offset = number_of(graph_.find(tuple, "offset"));
    auto length = number_of(graph_.find(tuple, "length"));
    if (!file_sector || !offset || !length) return bad();
    std::uint64_t allocated = number_of(graph_.find(tuple, "allocated")).value_or(*length);
    // So that sums of them, as bytes, cannot overflow.
    constexpr std::uint64_t kMost = std::uint64_t{1} << 52;
    if (*file_sector > kMost || *offset > kMost || *length > kMost || allocated > kMost) return bad();
    return TfsExtent{*file_sector, *offset, *length, allocated, graph_.find(tuple, "uninited") != nullptr};
  }

  const Graph& graph_;
  std::vector<bool> is_open_;  // by index of a tuple
  std::vector<Directory> todo_;
  std::vector<TfsEntry> entries_;
  std::map<std::uint64_t, std::vector<TfsExtent>> extents_;
  std::uint64_t path_bytes_ = 0;
};

bool makes_the_tree(std::string_view name) {
  for (std::string_view known : {"children", "extents", "filelength", "linktarget", "nlink"})
    if (name == known) return true;
  return false;
}

// Copies attributes out of the graph. What refers to itself, or to one thing very often, is refused.
class AttributeCopier {
 public:
  explicit AttributeCopier(const Graph& graph) : graph_(graph) {}

  Result<TfsTuple> copy(const Graph::Tuple& tuple, int depth) {
    TfsTuple out;
    for (const auto& [symbol, value] : tuple) {
      std::string_view name = graph_.name(symbol);
      if (name == ".." || (depth == 0 && makes_the_tree(name))) continue;
      FAASC_TRY(TfsValue copied, copy(value, depth + 1));
      out.emplace(name, std::move(copied));
    }
    return out;
  }

 private:
  Result<TfsValue> copy(const GraphValue& value, int depth) {
    bytes_ += value.text.size();
    if (depth > kMaxAttributeDepth || ++count_ > kMaxAttributes || bytes_ > kMaxAttributeBytes)
      return damaged("the root's attributes have no end");
    switch (value.kind) {
      case GraphValue::Kind::Flag:
        break;
      case GraphValue::Kind::Integer:
        return TfsValue(TfsInteger{value.number, value.negative});
      case GraphValue::Kind::Text:
        return TfsValue(value.text);
      case GraphValue::Kind::Tuple: {
        FAASC_TRY(TfsTuple tuple, copy(graph_.tuples()[value.number], depth));
        return TfsValue(std::move(tuple));
      }
      case GraphValue::Kind::Vector: {
        std::vector<TfsValue> values;
        for (const GraphValue& element : graph_.vectors()[value.number]) {
          FAASC_TRY(TfsValue copied, copy(element, depth + 1));
          values.push_back(std::move(copied));
        }
        return TfsValue(std::move(values));
      }
    }
    return TfsValue(TfsFlag{});
  }

  const Graph& graph_;
  std::size_t count_ = 0, bytes_ = 0;
};

}  // namespace

Result<TfsReader> TfsReader::open(std::shared_ptr<const ByteSource> source) {
  Graph graph;
  TfsReader reader;
  FAASC_TRY(reader.header_, tfs::read_log(*source, graph));
  const Graph::Tuple* root = graph.root();
  if (!root) return damaged("the log has no root");
  TreeBuilder tree(graph);
  FAASC_CHECK(tree.build(*root));
  reader.entries_ = tree.take_entries();
  reader.extents_ = tree.take_extents();
  AttributeCopier copier(graph);
  FAASC_TRY(reader.attributes_, copier.copy(*root, 0));
  for (const TfsEntry& entry : reader.entries_) {
    FAASC_TRY(TfsTuple attributes, copier.copy(graph.tuples()[entry.id], 0));
    if (!attributes.empty()) reader.entry_attributes_.emplace(entry.id, std::move(attributes));
  }
  reader.source_ = std::move(source);
  reader.sort_entries();
  reader.find_runs();
  return reader;
}

const std::vector<TfsExtent>& TfsReader::extents(const TfsEntry& file) const {
  static const std::vector<TfsExtent> kNone;
  auto found = extents_.find(file.id);
  return found == extents_.end() ? kNone : found->second;
}

std::string TfsReader::format() const {
  return "TFS " + std::to_string(header_.extensions.front().version);
}

void TfsReader::find_runs() {
  for (const TfsEntry& file : entries_) {
    if (file.kind != TfsEntry::Kind::File || runs_.contains(file.id)) continue;
    std::vector<StoredRun>& runs = runs_[file.id];
    for (const TfsExtent& extent : extents(file)) {
      std::uint64_t from = extent.file_sector * kSectorSize;
      std::uint64_t end = std::min(from + extent.sector_count * kSectorSize, file.size_bytes);
      if (!extent.uninited && from < end)
        runs.push_back({from, extent.first_sector * kSectorSize, end - from});
    }
  }
}

const TfsTuple& TfsReader::attributes_of(const TfsEntry& entry) const {
  static const TfsTuple kNone;
  auto found = entry_attributes_.find(entry.id);
  return found == entry_attributes_.end() ? kNone : found->second;
}

std::vector<std::string> TfsReader::problems() const {
  struct Claim {
    std::uint64_t first, end;
    std::string who;
  };
  std::vector<std::string> found;
  std::vector<Claim> claims;
  for (const tfs::LogExtension& log : header_.extensions)
    claims.push_back({log.first_sector, log.first_sector + log.sector_count, "the log"});
  std::set<std::uint64_t> seen;
  for (const TfsEntry& entry : entries_) {
    if (entry.kind != TfsEntry::Kind::File || !seen.insert(entry.id).second) continue;
    for (const TfsExtent& extent : extents(entry)) {
      if (extent.allocated_sectors < extent.sector_count)
        found.push_back("'" + entry.path + "' has " + std::to_string(extent.sector_count) +
                        " sectors of data in " + std::to_string(extent.allocated_sectors) +
                        " allocated ones");
      claims.push_back({extent.first_sector,
                        extent.first_sector + std::max(extent.allocated_sectors, extent.sector_count),
                        "'" + entry.path + "'"});
    }
  }
  std::uint64_t sectors = source_->size() / kSectorSize;
  std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) {
    return std::tie(a.first, a.end, a.who) < std::tie(b.first, b.end, b.who);
  });
  const Claim* furthest = nullptr;
  for (const Claim& claim : claims) {
    if (claim.end > sectors)
      found.push_back(claim.who + " reaches to sector " + std::to_string(claim.end) +
                      ", but the file system has " + std::to_string(sectors));
    if (furthest && claim.first < furthest->end)
      found.push_back(furthest->who + " and " + claim.who + " both claim sector " +
                      std::to_string(claim.first));
    if (!furthest || claim.end > furthest->end) furthest = &claim;
  }
  return found;
}

}  // namespace faasc
