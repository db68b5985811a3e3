#include "tests/trees/random_tree.h"

#include <algorithm>
#include <cassert>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>

namespace faasc {
namespace {

constexpr std::size_t kMaxPathBytes = 240;  // upstream's dump has room for 255, its directory included

class Generator {
 public:
  Generator(std::uint32_t seed, Rootfs& rootfs) : random_(seed), seed_(seed), rootfs_(rootfs) {}

  void fill(const std::string& directory, int depth) {
    add(directory, Directory{});
    for (std::uint32_t count = below(depth == 0 ? 12 : 7); count > 0; --count) {
      std::string path = directory + "/" + name(kMaxPathBytes - directory.size() - 1);
      if (path.size() > kMaxPathBytes || rootfs_.find(path)) continue;
      std::uint32_t kind = below(10);
      if (kind < 3 && depth < 6) {
        fill(path, depth + 1);
      } else if (kind < 8 || files_.empty()) {
        add(path, InlineBytes{bytes()});
        files_.push_back(path);
      } else if (kind == 8) {
        add(path, Symlink{target()});
      } else {
        add(path, HardLink{files_[below(static_cast<std::uint32_t>(files_.size()))]});
      }
    }
  }

 private:
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_()) % limit; }

  void add(const std::string& path, decltype(RootfsNode::content) content) {
    if (!rootfs_.add(path, {std::move(content), 0644, {}})) std::abort();
  }

  std::string name(std::size_t room) {
    static const char* const kPieces[] = {
        "a", "B",         "seven", " ",  "  two", "ü",  "日本",    "\xf0\x9f\x90\x9f",
        "ж", ".",         "..x",   "-",  "_",     ":",  "|",       "(",
        ")", "[",         "]",     "\"", "'",     "\\", "#",       "length",
        "&", "e\xcc\x81", "%",     "$",  "0",     "~",  "extents", "children"};
    std::string out;
    std::size_t wanted = below(20) == 0 ? 120 : 1 + below(5);  // of pieces, now and then many
    for (std::size_t i = 0; i < wanted; ++i) {
      std::string piece = kPieces[below(std::size(kPieces))];
      if (out.size() + piece.size() > std::min<std::size_t>(room, 200)) break;
      out += piece;
    }
    if (out.empty() || out == "." || out == "..") out = "x" + std::to_string(below(1000));
    return out;
  }

  std::string target() {
    if (!files_.empty() && below(2) == 0) return files_[below(static_cast<std::uint32_t>(files_.size()))];
    std::string out;
    for (std::uint32_t i = below(4); i > 0; --i) out += "../";
    return out + name(100);
  }

  std::string bytes() {
    static constexpr std::uint32_t kSizes[] = {0, 0, 1, 511, 512, 513, 4095, 4096, 4097};
    std::uint32_t size = below(3) == 0 ? kSizes[below(std::size(kSizes))] : below(20'000);
    // Now and then more than fits one extent, once in a tree.
    if (seed_ % 40 == 7 && !large_) size = (33u << 20) + 5, large_ = true;
    std::string out(size, '\0');
    std::uint32_t state = static_cast<std::uint32_t>(random_()) | 1;
    for (char& c : out) {
      state = state * 1664525 + 1013904223;
      c = static_cast<char>(state >> 24);
    }
    return out;
  }

  std::mt19937 random_;
  std::uint32_t seed_;
  Rootfs& rootfs_;
  std::vector<std::string> files_;
  bool large_ = false;
};

template <typename Groups>
std::vector<std::string> joined(const Groups& groups) {
  std::vector<std::string> out;
  for (const auto& [file, names] : groups) {
    if (names.size() < 2) continue;
    std::string line;
    for (const std::string& name : names) line += (line.empty() ? "" : " ") + name;
    out.push_back(line);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

void add_random_tree(std::uint32_t seed, const std::string& top, Rootfs& rootfs) {
  Generator(seed, rootfs).fill(top, 0);
}

std::uint32_t tree_count() {
  const char* text = std::getenv("FAASC_RANDOM_TREES");
  return text ? static_cast<std::uint32_t>(std::atoi(text)) : 20;
}

std::string top_of(std::uint32_t seed) {
  char text[16];
  std::snprintf(text, sizeof text, "/t%03u", seed);
  return text;
}

std::string first_difference(const std::vector<std::string>& expected,
                             const std::vector<std::string>& found) {
  std::vector<std::string> missing, extra;
  std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                      std::back_inserter(missing));
  std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                      std::back_inserter(extra));
  if (missing.empty() && extra.empty()) return "";
  return std::to_string(missing.size()) + " missing, " + std::to_string(extra.size()) + " too many; '" +
         (missing.empty() ? "" : missing[0]) + "' became '" + (extra.empty() ? "" : extra[0]) + "'";
}

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                 (byte >= 'a' && byte <= 'z') || byte == '/';
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02x", byte);
    out += plain ? std::string(1, c) : hex;
  }
  return out;
}

std::string file_line(std::string_view path, std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  char text[64];
  std::snprintf(text, sizeof text, " %zu %016" PRIx64, bytes.size(), hash);
  return "f " + escaped(path) + text;
}

std::vector<std::string> lines_of(const Rootfs& rootfs) {
  std::vector<std::string> lines;
  for (const auto& [path, node] : rootfs.nodes()) {
    if (std::holds_alternative<Directory>(node.content))
      lines.push_back("d " + escaped(path));
    else if (const auto* link = std::get_if<Symlink>(&node.content))
      lines.push_back("l " + escaped(path) + " " + escaped(link->target));
    else if (const auto* bytes = std::get_if<InlineBytes>(&rootfs.behind(node).content))
      lines.push_back(file_line(path, bytes->bytes));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> lines_of(const StoredTree& tree) {
  std::vector<std::string> lines;
  for (const StoredEntry& entry : tree.entries()) {
    if (entry.kind == StoredEntry::Kind::Directory) {
      lines.push_back("d " + escaped(entry.path));
    } else if (entry.kind == StoredEntry::Kind::Symlink) {
      lines.push_back("l " + escaped(entry.path) + " " + escaped(entry.target));
    } else {
      auto bytes = tree.read(entry);
      lines.push_back(bytes ? file_line(entry.path, *bytes) : "cannot read " + escaped(entry.path));
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> link_groups(const Rootfs& rootfs) {
  std::map<const RootfsNode*, std::vector<std::string>> groups;
  for (const auto& [path, node] : rootfs.nodes())
    if (is_file(node)) groups[&rootfs.behind(node)].push_back(escaped(path));
  return joined(groups);
}

std::vector<std::string> link_groups(const StoredTree& tree) {
  std::map<std::uint64_t, std::vector<std::string>> groups;
  for (const StoredEntry& entry : tree.entries())
    if (entry.kind == StoredEntry::Kind::File) groups[entry.id].push_back(escaped(entry.path));
  return joined(groups);
}

}  // namespace faasc
