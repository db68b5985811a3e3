#include "packager/rootfs/rootfs.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "packager/rootfs/codes.h"

namespace faasc {
namespace {

constexpr std::size_t kMaxNameBytes = 255;   // NAME_MAX of every family's file system
constexpr std::size_t kMaxPathBytes = 4095;  // PATH_MAX without its NUL

// The number of bytes of the well-formed UTF-8 sequence at the front of `text` (Unicode 15, table 3-7), 0
// where there is none.
std::size_t utf8_sequence(std::string_view text) {
  auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  std::uint8_t first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if ((first & 0xf0) == 0xe0) {
    bool overlong = first == 0xe0 && second < 0xa0;
    bool surrogate = first == 0xed && second > 0x9f;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    bool out_of_range = (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return follows(1) && follows(2) && follows(3) && !out_of_range ? 4 : 0;
  }
  return 0;
}

// A message has to be printable, whatever the path holds.
std::string printable(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  while (!text.empty()) {
    std::size_t size = utf8_sequence(text);
    auto byte = static_cast<std::uint8_t>(text[0]);
    if (size == 0 || byte < 0x20 || byte == 0x7f) {
      out += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
      size = 1;
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return out;
}

Error bad_path(std::string_view path, std::string_view why) {
  return {Fault::Input, kBadGuestPath, "guest path '" + printable(path) + "' " + std::string(why), {}, {}};
}

// Whether `name` is UTF-8 without a NUL. Eight bytes at a time as long as they are ASCII.
bool is_text(std::string_view name) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighBits = 0x8080808080808080;
  while (!name.empty()) {
    std::uint64_t word;
    if (name.size() >= sizeof word) {
      std::memcpy(&word, name.data(), sizeof word);
      if (((word | (word - kOnes)) & kHighBits) == 0) {
        name.remove_prefix(sizeof word);
        continue;
      }
    }
    std::size_t size = name[0] == 0 ? 0 : utf8_sequence(name);
    if (size == 0) return false;
    name.remove_prefix(size);
  }
  return true;
}

Result<void> check_name(std::string_view path, std::string_view name) {
  if (name.empty()) return bad_path(path, "has an empty component");
  if (name == "." || name == "..") return bad_path(path, "has a '" + std::string(name) + "' component");
  if (name.size() > kMaxNameBytes)
    return bad_path(path, "has a name of " + std::to_string(name.size()) + " bytes; at most " +
                              std::to_string(kMaxNameBytes) + " are allowed");
  if (!is_text(name))
    return bad_path(path, name.find('\0') != std::string_view::npos ? "holds a NUL" : "is not UTF-8");
  return {};
}

Result<void> check_path(std::string_view path) {
  for (std::size_t start = 1, end = 0; end < path.size(); start = end + 1) {
    end = std::min(path.find('/', start), path.size());
    FAASC_CHECK(check_name(path, path.substr(start, end - start)));
  }
  return {};
}

bool is_directory(const RootfsNode& node) {
  return std::holds_alternative<Directory>(node.content);
}

std::string_view kind_of(const RootfsNode& node) {
  if (is_directory(node)) return "a directory";
  if (std::holds_alternative<HardLink>(node.content)) return "a hard link";
  return std::holds_alternative<Symlink>(node.content) ? "a symbolic link" : "a file";
}

std::string_view parent_of(std::string_view path) {
  return path.substr(0, path.rfind('/'));
}

}  // namespace

bool is_file(const RootfsNode& node) {
  return !is_directory(node) && !std::holds_alternative<Symlink>(node.content);
}

bool PathOrder::operator()(std::string_view a, std::string_view b) const {
  std::size_t common = std::min(a.size(), b.size());
  // Eight bytes at a time: most of two neighbours' paths is the same.
  std::size_t i = 0;
  for (; i + 8 <= common; i += 8) {
    std::uint64_t left, right;
    std::memcpy(&left, a.data() + i, 8);
    std::memcpy(&right, b.data() + i, 8);
    if (left != right) break;
  }
  while (i < common && a[i] == b[i]) ++i;
  if (i == common) return a.size() < b.size();
  // The separator sorts before every byte of a name: "/a/b" is inside "/a" and so comes before "/a.b".
  auto rank = [](char c) { return c == '/' ? 0 : static_cast<int>(static_cast<std::uint8_t>(c)); };
  return rank(a[i]) < rank(b[i]);
}

Result<void> Rootfs::add(std::string path, RootfsNode node) {
  if (path.empty() || path[0] != '/') return bad_path(path, "is not absolute");
  if (path.size() > kMaxPathBytes)
    return bad_path(path.substr(0, 64), "... has " + std::to_string(path.size()) + " bytes; at most " +
                                            std::to_string(kMaxPathBytes) + " are allowed");
  std::string_view parent = parent_of(path);
  FAASC_CHECK(check_name(path, std::string_view(path).substr(parent.size() + 1)));

  if (auto* link = std::get_if<HardLink>(&node.content)) {
    const RootfsNode* target = find(link->target);
    if (!target || !is_file(*target))
      return Error{Fault::Input,
                   kBadHardLink,
                   "guest path '" + path + "' is to be another name of '" + printable(link->target) +
                       "', which is " + (target ? std::string(kind_of(*target)) : "not there"),
                   {},
                   "only a file that is in the tree already can have a second name"};
    node.mode = target->mode;
    has_hard_links_ = true;
    if (const auto* first = std::get_if<HardLink>(&target->content)) link->target = first->target;
  }

  auto next =
      nodes_.empty() || PathOrder{}(nodes_.rbegin()->first, path) ? nodes_.end() : nodes_.lower_bound(path);
  if (next != nodes_.end() && next->first == path) {
    RootfsNode& present = next->second;
    if (!is_directory(present) || !is_directory(node))
      return Error{Fault::Input,
                   kGuestPathTaken,
                   "guest path '" + path + "' is given twice, as " + std::string(kind_of(present)) +
                       " and as " + std::string(kind_of(node)),
                   {},
                   {}};
    if (present.why.empty()) present = std::move(node);
    return {};
  }

  // In this order everything inside a directory follows it at once. So where the node before is inside the
  // same directory, that one is there and its name was checked.
  std::string_view before =
      next == nodes_.begin() ? std::string_view{} : std::string_view(std::prev(next)->first);
  bool beside = before.size() > parent.size() && before.starts_with(parent) && before[parent.size()] == '/';
  if (!beside) {
    FAASC_CHECK(check_path(path));
    auto above = parent.empty() ? nodes_.end() : nodes_.find(parent);
    if (above != nodes_.end()) {
      if (!is_directory(above->second))
        return Error{Fault::Input,
                     kParentIsNoDirectory,
                     "guest path '" + path + "' is inside '" + std::string(parent) + "', which is " +
                         std::string(kind_of(above->second)),
                     {},
                     {}};
    } else if (!parent.empty()) {
      FAASC_CHECK(add(std::string(parent), {Directory{}, 0755, {}}));
    }
  }
  nodes_.emplace_hint(next, std::move(path), std::move(node));
  return {};
}

void Rootfs::set_mode(std::string_view path, std::uint32_t mode) {
  auto node = nodes_.find(path);
  assert(node != nodes_.end());
  const auto* link = std::get_if<HardLink>(&node->second.content);
  std::string file = link ? link->target : node->first;
  nodes_.find(file)->second.mode = mode;
  if (!has_hard_links_) return;
  for (auto& [other, candidate] : nodes_)
    if (const auto* name = std::get_if<HardLink>(&candidate.content); name && name->target == file)
      candidate.mode = mode;
}

const RootfsNode& Rootfs::behind(const RootfsNode& node) const {
  const auto* link = std::get_if<HardLink>(&node.content);
  return link ? nodes_.find(link->target)->second : node;
}

const RootfsNode* Rootfs::find(std::string_view path) const {
  auto found = nodes_.find(path);
  return found == nodes_.end() ? nullptr : &found->second;
}

}  // namespace faasc
