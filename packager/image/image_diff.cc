#include "packager/image/image_diff.h"

#include <algorithm>

#include "base/interrupt.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {
namespace {

using Kind = StoredEntry::Kind;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

Result<bool> same_contents(const StoredTree& left_tree, const StoredEntry& left, const StoredTree& right_tree,
                           const StoredEntry& right) {
  if (left.size_bytes != right.size_bytes) return false;
  // Only where one of both holds bytes they can differ; a hole may be huge.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const auto* runs : {&left_tree.runs(left), &right_tree.runs(right)})
    for (const StoredRun& run : *runs) ranges.emplace_back(run.file_offset, run.file_offset + run.size_bytes);
  std::sort(ranges.begin(), ranges.end());
  std::uint64_t at = 0;
  for (const auto& [begin, end] : ranges) {
    for (at = std::max(at, begin); at < end;) {
      FAASC_CHECK(check_interrupt());
      std::size_t count = std::min<std::uint64_t>(end - at, kPieceBytes);
      FAASC_TRY(std::string a, left_tree.read_at(left, at, count));
      FAASC_TRY(std::string b, right_tree.read_at(right, at, count));
      if (a != b) return false;
      at += count;
    }
  }
  return true;
}

Result<std::vector<std::string>> differences(const StoredTree& left_tree, const StoredEntry& left,
                                             const StoredTree& right_tree, const StoredEntry& right) {
  if (left.kind != right.kind) return std::vector<std::string>{"kind"};
  std::vector<std::string> what;
  if (left.kind == Kind::File) {
    FAASC_TRY(bool same, same_contents(left_tree, left, right_tree, right));
    if (!same) what.emplace_back("contents");
  }
  if (left.target != right.target) what.emplace_back("target");
  if (left.mode && right.mode && *left.mode != *right.mode) what.emplace_back("permissions");
  return what;
}

Result<void> diff_trees(const std::string& part, const StoredTree* before, const StoredTree* after,
                        std::vector<EntryChange>& changes) {
  static const std::vector<StoredEntry> kNone;
  const auto& left = before ? before->entries() : kNone;
  const auto& right = after ? after->entries() : kNone;
  auto a = left.begin();
  auto b = right.begin();
  PathOrder earlier;
  while (a != left.end() || b != right.end()) {
    if (b == right.end() || (a != left.end() && earlier(a->path, b->path))) {
      changes.push_back({part, a->path, *a, std::nullopt, {}});
      ++a;
    } else if (a == left.end() || earlier(b->path, a->path)) {
      changes.push_back({part, b->path, std::nullopt, *b, {}});
      ++b;
    } else {
      FAASC_TRY(std::vector<std::string> what, differences(*before, *a, *after, *b));
      if (!what.empty()) changes.push_back({part, a->path, *a, *b, std::move(what)});
      ++a, ++b;
    }
  }
  return {};
}

std::vector<AttributeChange> diff_attributes(const TfsTuple& before, const TfsTuple& after) {
  std::vector<AttributeChange> changes;
  auto is_time = [](std::string_view name) { return name == "mtime" || name == "atime"; };
  for (const auto& [name, value] : before) {
    if (is_time(name)) continue;
    auto other = after.find(name);
    if (other == after.end())
      changes.push_back({name, to_text(value), std::nullopt});
    else if (other->second != value)
      changes.push_back({name, to_text(value), to_text(other->second)});
  }
  for (const auto& [name, value] : after)
    if (!is_time(name) && !before.contains(name)) changes.push_back({name, std::nullopt, to_text(value)});
  std::sort(changes.begin(), changes.end(),
            [](const AttributeChange& a, const AttributeChange& b) { return a.name < b.name; });
  return changes;
}

const StoredTree* tree_of(const OpenedImage& image, std::string_view name) {
  for (const ImagePart& part : image.parts)
    if (part.name == name) return part.tree.get();
  return nullptr;
}

}  // namespace

Result<ImageDiff> diff_images(const OpenedImage& before, const OpenedImage& after) {
  ImageDiff diff;
  for (const char* part : {"root", "boot", "esp"})
    FAASC_CHECK(diff_trees(part, tree_of(before, part), tree_of(after, part), diff.entries));
  diff.attributes = diff_attributes(before.attributes, after.attributes);
  auto compare = [&](const char* name, const std::string& left, const std::string& right) {
    if (left != right)
      diff.disk.push_back({name, left.empty() ? "none" : left, right.empty() ? "none" : right});
  };
  auto family = [](const OpenedImage& image) {
    return std::string(image.family == KernelFamily::Nanos ? "nanos" : "linux");
  };
  auto yes = [](bool value) { return std::string(value ? "yes" : "no"); };
  compare("family", family(before), family(after));
  compare("label", before.root().label(), after.root().label());
  compare("boots by BIOS", yes(before.bios_bootable), yes(after.bios_bootable));
  compare("boots by UEFI", yes(before.uefi_bootable), yes(after.uefi_bootable));
  return diff;
}

}  // namespace faasc
