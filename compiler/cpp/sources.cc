#include "compiler/cpp/sources.h"

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/interrupt.h"
#include "compiler/cpp/codes.h"

namespace faasc::cpp {
namespace fs = std::filesystem;
namespace {

constexpr int kMaxDepth = 32;

// "a.{cc,cpp}" → "a.cc", "a.cpp". An unclosed brace stands for itself.
std::vector<std::string> expand_braces(std::string_view pattern) {
  std::size_t open = pattern.find('{');
  std::size_t close = open == std::string_view::npos ? open : pattern.find('}', open);
  if (close == std::string_view::npos) return {std::string(pattern)};
  std::vector<std::string> expanded;
  std::string_view choices = pattern.substr(open + 1, close - open - 1);
  for (const std::string& tail : expand_braces(pattern.substr(close + 1))) {
    for (std::size_t start = 0; start <= choices.size();) {
      std::size_t comma = std::min(choices.find(',', start), choices.size());
      expanded.push_back(std::string(pattern.substr(0, open)).append(choices.substr(start, comma - start)) +
                         tail);
      start = comma + 1;
    }
  }
  return expanded;
}

// One "[a-z!]" at the start of `pattern`; moves it past the closing bracket.
bool matches_set(char c, std::string_view& pattern) {
  std::size_t close = pattern.find(']', 2);
  if (close == std::string_view::npos) {  // stands for itself
    pattern.remove_prefix(1);
    return c == '[';
  }
  std::string_view set = pattern.substr(1, close - 1);
  pattern.remove_prefix(close + 1);
  bool negated = set.front() == '!' || set.front() == '^';
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      found = found || (set[i] <= c && c <= set[i + 2]);
      i += 2;
    } else {
      found = found || set[i] == c;
    }
  }
  return found != negated;
}

// One name against one part of a pattern. Goes back only to the last star, so that it takes at most size x
// size steps.
bool matches_name(std::string_view name, std::string_view pattern) {
  std::string_view retry_pattern, retry_name;
  bool starred = false;
  while (!name.empty() || !pattern.empty()) {
    if (!pattern.empty() && pattern.front() == '*') {
      while (!pattern.empty() && pattern.front() == '*') pattern.remove_prefix(1);
      starred = true;
      retry_pattern = pattern;
      retry_name = name;
      continue;
    }
    bool same = false;
    if (!pattern.empty() && !name.empty()) {
      if (pattern.front() == '[') {
        same = matches_set(name.front(), pattern);
      } else {
        same = pattern.front() == '?' || pattern.front() == name.front();
        pattern.remove_prefix(1);
      }
    }
    if (same) {
      name.remove_prefix(1);
    } else if (starred && !retry_name.empty()) {
      retry_name.remove_prefix(1);
      name = retry_name;
      pattern = retry_pattern;
    } else {
      return false;
    }
  }
  return true;
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    std::size_t slash = std::min(path.find('/'), path.size());
    std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") parts.push_back(part);
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

using Parts = std::vector<std::string_view>;

bool matches_parts(const Parts& path, std::size_t at, const Parts& pattern, std::size_t step) {
  for (; step < pattern.size(); ++step, ++at) {
    if (pattern[step] == "**") {
      if (step + 1 == pattern.size()) return at < path.size();
      for (std::size_t skipped = at; skipped < path.size(); ++skipped)
        if (matches_parts(path, skipped, pattern, step + 1)) return true;
      return false;
    }
    if (at == path.size() || !matches_name(path[at], pattern[step])) return false;
  }
  return at == path.size();
}

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?[{") != std::string_view::npos;
}

bool is_test(const Parts& path) {
  for (std::size_t i = 0; i + 1 < path.size(); ++i)
    if (path[i] == "test" || path[i] == "tests") return true;
  std::string_view stem = path.back().substr(0, path.back().rfind('.'));
  return stem.ends_with("_test") || stem.ends_with(".test") || stem.ends_with("_unittest") ||
         stem.starts_with("test_");
}

bool is_left_by_builds(const fs::path& directory) {
  std::string name = directory.filename().string();
  std::error_code error;
  return name.starts_with("build") || name == "out" || name == "CMakeFiles" || name == "node_modules" ||
         name == "__pycache__" || fs::exists(directory / "CMakeCache.txt", error);
}

Error none(std::string what) {
  return Error{Fault::Input,
               kCppNoSources,
               std::move(what),
               {},
               "name the files that make the function in 'build.cpp.sources'"};
}

class Search {
 public:
  Search(const fs::path& project_dir, std::vector<fs::path>& searched)
      : project_dir_(project_dir), searched_(searched) {}

  // Symlinks to directories are not followed: they may lead out of the project or in a circle.
  template <typename Enter, typename Take>
  Result<void> walk(const fs::path& relative, int depth, const Enter& enter, const Take& take) {
    FAASC_CHECK(check_interrupt());
    fs::path directory = relative.empty() ? project_dir_ : project_dir_ / relative;
    searched_.push_back(directory);
    std::error_code error;
    fs::directory_iterator entries(directory, error);
    if (error) return io_error("read", directory, error.value());
    for (const fs::directory_entry& entry : entries) {
      fs::path path = relative / entry.path().filename();
      if (entry.is_symlink(error) ? entry.is_regular_file(error) : entry.is_regular_file(error)) {
        take(path.string());
      } else if (!entry.is_symlink(error) && entry.is_directory(error) && depth < kMaxDepth && enter(path)) {
        FAASC_CHECK(walk(path, depth + 1, enter, take));
      }
    }
    return {};
  }

 private:
  const fs::path& project_dir_;
  std::vector<fs::path>& searched_;
};

}  // namespace

bool matches_glob(std::string_view path, std::string_view pattern) {
  Parts parts = split(path);
  for (const std::string& one : expand_braces(pattern))
    if (matches_parts(parts, 0, split(one), 0)) return true;
  return false;
}

Result<std::vector<std::string>> find_cpp_sources(const fs::path& project_dir,
                                                  const std::vector<std::string>& patterns,
                                                  std::vector<fs::path>& searched) {
  std::set<std::string> found;
  Search search(project_dir, searched);
  auto visible = [](const fs::path& path) { return !path.filename().string().starts_with('.'); };
  std::vector<std::string> wanted, unwanted;
  for (const std::string& pattern : patterns) {
    if (pattern.starts_with('!'))
      unwanted.push_back(fs::path(pattern.substr(1)).lexically_normal().string());
    else
      wanted.push_back(pattern);
  }
  auto is_unwanted = [&](const std::string& path) {
    return std::any_of(unwanted.begin(), unwanted.end(),
                       [&](const auto& pattern) { return matches_glob(path, pattern); });
  };
  if (wanted.empty()) {
    auto enter = [&](const fs::path& path) {
      return visible(path) && !is_left_by_builds(project_dir / path);
    };
    auto take = [&](std::string path) {
      std::string extension = fs::path(path).extension().string();
      bool cpp = extension == ".cc" || extension == ".cpp" || extension == ".cxx";
      if (cpp && !is_test(split(path)) && visible(path)) found.insert(std::move(path));
    };
    FAASC_CHECK(search.walk({}, 0, enter, take));
    if (found.empty())
      return none("no C++ source in '" + project_dir.string() +
                  "': no .cc, .cpp or .cxx file outside of tests");
  }
  for (const std::string& pattern : wanted) {
    fs::path normal = fs::path(pattern).lexically_normal();
    if (normal.is_absolute() || (!normal.empty() && *normal.begin() == ".."))
      return Error{Fault::Input,
                   kCppNoSources,
                   "source '" + pattern + "' is not inside the project",
                   {},
                   "copy it into the project, or link it as a library with 'build.cpp.link'"};
    if (!is_pattern(pattern)) {
      std::error_code error;
      if (!fs::is_regular_file(project_dir / normal, error))
        return none("no source '" + pattern + "' in '" + project_dir.string() + "'");
      found.insert(normal.string());
      continue;
    }
    // The part before the first wildcard says where to look.
    fs::path start;
    for (const fs::path& part : normal) {
      if (is_pattern(part.string()) || part == normal.filename()) break;
      start /= part;
    }
    bool matched = false;
    auto take = [&](std::string path) {
      if (!matches_glob(path, normal.string())) return;
      matched = true;
      found.insert(std::move(path));
    };
    std::error_code error;
    if (fs::is_directory(project_dir / start, error)) FAASC_CHECK(search.walk(start, 0, visible, take));
    if (!matched) return none("no source matches '" + pattern + "' in '" + project_dir.string() + "'");
  }
  std::erase_if(found, is_unwanted);
  if (found.empty())
    return none("'build.cpp.sources' leaves out every source of '" + project_dir.string() + "'");
  std::sort(searched.begin(), searched.end());
  searched.erase(std::unique(searched.begin(), searched.end()), searched.end());
  return std::vector<std::string>(found.begin(), found.end());
}

}  // namespace faasc::cpp
