#include "manifests/glob.h"

#include <optional>

#include "manifests/codes.h"

namespace faasc {
namespace {

constexpr std::size_t kMostAlternatives = 256;

Error bad_glob(std::string what, std::string hint) {
  return Error{.fault = Fault::Input, .code = kBadGlob, .what = std::move(what), .hint = std::move(hint)};
}

std::size_t end_of_set(std::string_view pattern, std::size_t open) {
  std::size_t i = open + 1;
  if (i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^')) ++i;
  if (i < pattern.size() && pattern[i] == ']') ++i;  // a ']' that comes first is a member
  while (i < pattern.size() && pattern[i] != ']') i += pattern[i] == '\\' ? 2 : 1;
  return i < pattern.size() ? i : std::string_view::npos;
}

bool set_contains(std::string_view set, char c) {
  bool inverted = !set.empty() && (set.front() == '!' || set.front() == '^');
  if (inverted) set.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    char low = set[i] == '\\' && i + 1 < set.size() ? set[++i] : set[i];
    char high = low;
    if (i + 2 < set.size() && set[i + 1] == '-') {
      i += 2;
      high = set[i] == '\\' && i + 1 < set.size() ? set[++i] : set[i];
    }
    found = found || (c >= low && c <= high);
  }
  return found != inverted;
}

// Iterative with one point of return for each kind of star, so that no pattern takes more than quadratic time
// in a part.
bool match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t star_p = kNone, deep_p = kNone, star_t = 0, deep_t = 0;
  while (true) {
    if (p < pattern.size() && pattern.substr(p).starts_with("**")) {
      bool from_start = p == 0 || pattern[p - 1] == '/';
      if (from_start && pattern.substr(p).starts_with("**/")) {
        // "**/" also stands for nothing at all.
        deep_p = p;
        deep_t = t;
        p += 3;
        star_p = kNone;
        continue;
      }
      if (from_start && p + 2 == pattern.size()) return t < text.size() || p == 0;
    }
    if (p < pattern.size() && pattern[p] == '*') {
      while (p < pattern.size() && pattern[p] == '*') ++p;
      star_p = p;
      star_t = t;
      continue;
    }
    if (p == pattern.size() && t == text.size()) return true;
    if (p < pattern.size() && t < text.size()) {
      if (pattern[p] == '[' && text[t] != '/') {
        std::size_t close = end_of_set(pattern, p);
        if (set_contains(pattern.substr(p + 1, close - p - 1), text[t])) {
          p = close + 1;
          ++t;
          continue;
        }
      } else if (pattern[p] == '?' && text[t] != '/') {
        ++p, ++t;
        continue;
      } else {
        std::size_t literal = pattern[p] == '\\' ? p + 1 : p;
        bool special = literal == p && (pattern[p] == '[' || pattern[p] == '?');
        if (!special && pattern[literal] == text[t]) {
          p = literal + 1;
          ++t;
          continue;
        }
      }
    }
    if (star_p != kNone && star_t < text.size() && text[star_t] != '/') {
      p = star_p;
      t = ++star_t;
      continue;
    }
    if (deep_p != kNone) {
      std::size_t slash = text.find('/', deep_t);
      if (slash == std::string_view::npos) return false;
      deep_t = slash + 1;
      t = deep_t;
      p = deep_p + 3;
      star_p = kNone;
      continue;
    }
    return false;
  }
}

// The first '{' that is not quoted and the '}' that closes it.
std::optional<std::pair<std::size_t, std::size_t>> find_braces(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern[i] == '[') {
      std::size_t close = end_of_set(pattern, i);
      if (close != std::string_view::npos) i = close;
    } else if (pattern[i] == '{') {
      int depth = 0;
      for (std::size_t k = i; k < pattern.size(); ++k) {
        if (pattern[k] == '\\')
          ++k;
        else if (pattern[k] == '{')
          ++depth;
        else if (pattern[k] == '}' && --depth == 0)
          return std::pair(i, k);
      }
      return std::pair(i, std::string_view::npos);
    }
  }
  return std::nullopt;
}

Result<void> expand(std::string_view pattern, std::vector<std::string>& out) {
  auto braces = find_braces(pattern);
  if (!braces) {
    if (out.size() >= kMostAlternatives)
      return bad_glob("has more than 256 alternatives", "split it into several patterns");
    out.emplace_back(pattern);
    return {};
  }
  auto [open, close] = *braces;
  if (close == std::string_view::npos)
    return bad_glob("has a '{' that is not closed", "close it, or write '\\{' for the character");
  std::string_view inside = pattern.substr(open + 1, close - open - 1);
  int depth = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= inside.size(); ++i) {
    if (i < inside.size() && inside[i] == '\\') {
      ++i;
      continue;
    }
    if (i < inside.size() && inside[i] == '{') ++depth;
    if (i < inside.size() && inside[i] == '}') --depth;
    if (i >= inside.size() || (inside[i] == ',' && depth == 0)) {
      std::string one(pattern.substr(0, open));
      one.append(inside.substr(start, std::min(i, inside.size()) - start)).append(pattern.substr(close + 1));
      FAASC_CHECK(expand(one, out));
      start = i + 1;
    }
  }
  return {};
}

}  // namespace

Result<Glob> Glob::compile(std::string_view pattern) {
  Glob glob;
  glob.pattern_ = pattern;
  if (pattern.size() > 1000) return bad_glob("is longer than 1000 bytes", "split it into several patterns");
  if (pattern.starts_with('!')) {
    glob.negated_ = true;
    pattern.remove_prefix(1);
  }
  if (pattern.starts_with("./")) pattern.remove_prefix(2);
  if (pattern.empty() || pattern == "/")
    return bad_glob("matches nothing", "write for example '*.cc' or 'tests/**'");
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      if (++i == pattern.size())
        return bad_glob("ends in '\\'", "remove it, or write '\\\\' for the character");
    } else if (pattern[i] == '[') {
      i = end_of_set(pattern, i);
      if (i == std::string_view::npos)
        return bad_glob("has a '[' that is not closed", "close it, or write '\\[' for the character");
    }
  }
  if (pattern == ".." || pattern.starts_with("../") || pattern.find("/../") != std::string_view::npos) {
    return bad_glob("leads out of the project", "move the files into the project");
  }
  if (pattern.ends_with('/')) {
    glob.directories_only_ = true;
    pattern.remove_suffix(1);
  }
  glob.anchored_ = pattern.find('/') != std::string_view::npos;
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  FAASC_CHECK(expand(pattern, glob.alternatives_));
  return glob;
}

bool Glob::matches(std::string_view path, bool is_directory) const {
  if (directories_only_ && !is_directory) return false;
  std::string_view name = path.substr(path.rfind('/') + 1);
  for (const std::string& alternative : alternatives_) {
    if (match(alternative, anchored_ ? path : name)) return true;
  }
  return false;
}

bool GlobList::matches(std::string_view path, bool is_directory) const {
  // A file below a matched directory is matched with it, as in git: no pattern can bring it back.
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    bool matched = false;
    for (const Glob& glob : globs_) {
      if (glob.matches(path.substr(0, slash), true)) matched = !glob.negated();
    }
    if (matched) return true;
  }
  bool matched = false;
  for (const Glob& glob : globs_) {
    if (glob.matches(path, is_directory)) matched = !glob.negated();
  }
  return matched;
}

GlobList parse_ignore_file(std::string_view text) {
  GlobList list;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    if (Result<Glob> glob = Glob::compile(line)) list.add(std::move(*glob));
  }
  return list;
}

}  // namespace faasc
