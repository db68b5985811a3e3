#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

/// One pattern with the meaning it has in a .gitignore: '*' and '?' stop at '/', '**' does not, '[a-z]' and
/// '[!a-z]' are sets, '{cc,cpp}' alternatives (an addition of ours), '\' takes the next character as it is. A
/// pattern without a '/' but at its end matches at any depth; one that ends in '/' matches directories only;
/// a leading '!' turns the meaning round.
class Glob {
 public:
  static Result<Glob> compile(std::string_view pattern);

  /// Whether it matches this path itself ("src/a.cc": relative, no leading "./"); a directory above it does
  /// not count.
  bool matches(std::string_view path, bool is_directory) const;
  bool negated() const { return negated_; }
  const std::string& pattern() const { return pattern_; }

 private:
  std::string pattern_;
  std::vector<std::string> alternatives_;  // without braces; '/' at neither end
  bool negated_ = false;
  bool directories_only_ = false;
  bool anchored_ = false;
};

/// Patterns of which the last that matches decides, as in a .gitignore.
class GlobList {
 public:
  void add(Glob glob) { globs_.push_back(std::move(glob)); }
  bool empty() const { return globs_.empty(); }
  const std::vector<Glob>& globs() const { return globs_; }
  /// Whether the path, or a directory that holds it, is matched.
  bool matches(std::string_view path, bool is_directory = false) const;

 private:
  std::vector<Glob> globs_;
};

/// The patterns of a .gitignore or .faasignore: one a line, '#' begins a comment. Patterns that cannot be
/// read are left out.
GlobList parse_ignore_file(std::string_view text);

}  // namespace faasc
