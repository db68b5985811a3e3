#include "compiler/go/kept_packages.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <unistd.h>

#include "base/file.h"
#include "base/file_stamp.h"
#include "base/sha256.h"

namespace faasc::go {

namespace fs = std::filesystem;

namespace {

// The file is a line with the key, then the answer as go gave it.
constexpr std::string_view kHeading = "faasc go list 1 ";

// Every part ends with a byte that no path and no name has.
class Key {
 public:
  void add(std::string_view part) {
    digest_.update(part);
    digest_.update(std::string_view("\0", 1));
  }
  void add(const FileStamp& stamp) {
    add(std::to_string(stamp.inode) + " " + std::to_string(stamp.size_bytes) + " " +
        std::to_string(stamp.changed_ns));
  }
  // A file that is not there differs from an empty one.
  void add_content(const fs::path& path) {
    auto text = read_file(path);
    add(text ? "=" + *text : "-");
  }
  std::string finish() { return to_hex(digest_.finish()); }

 private:
  Sha256 digest_;
};

bool is_below(const fs::path& path, const fs::path& directory) {
  std::string text = path.string(), root = directory.string();
  return text == root || (text.starts_with(root) && (root.ends_with('/') || text[root.size()] == '/'));
}

bool is_ours(const fs::path& directory) {
  std::string ours = std::string("/") + kOverlayDirectory;
  std::string text = directory.string();
  return text.ends_with(ours + "/main") || text.ends_with(ours + "/faasrt");
}

// Directories of packages that can change between two builds.
std::set<fs::path> changeable(const std::vector<ListedPackage>& packages) {
  std::set<fs::path> directories;
  for (const ListedPackage& package : packages)
    if (!package.standard && package.module_version.empty() && !is_ours(package.directory))
      directories.insert(package.directory);
  return directories;
}

// What go takes from the user's environment and from the file that `go env -w` writes.
void add_environment(const ListQuestion& question, Key& key) {
  std::vector<std::string> variables;
  for (char** one = environ; *one != nullptr; ++one) {
    std::string_view variable = *one;
    for (std::string_view prefix : {"GO", "CGO_", "HOME=", "XDG_CONFIG_HOME=", "PATH="})
      if (variable.starts_with(prefix)) variables.emplace_back(variable);
  }
  std::sort(variables.begin(), variables.end());
  for (const std::string& variable : variables) key.add(variable);
  for (const auto& [name, value] : question.environment) key.add(name + "=" + value);
  const char* named = std::getenv("GOENV");
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (named != nullptr && *named != '\0')
    key.add_content(named);
  else if (config != nullptr && *config != '\0')
    key.add_content(fs::path(config) / "go/env");
  else if (home != nullptr)
    key.add_content(fs::path(home) / ".config/go/env");
}

void add_facts(const Facts& facts, Key& key) {
  for (const auto* packages : {&facts.packages, &facts.imported})
    for (const Package& package : *packages) {
      key.add(package.directory);
      key.add(package.name);
      for (const File& file : package.files) {
        key.add(file.name);
        for (const Import& import : file.imports) key.add(import.path);
        key.add("");
      }
    }
  for (const auto* list : {&facts.cgo_files, &facts.nested}) {
    key.add("");
    for (const std::string& one : *list) key.add(one);
  }
}

// False where more than the facts decides.
bool facts_decide(const ListQuestion& question) {
  const char* workspace = std::getenv("GOWORK");
  bool off = workspace != nullptr && std::string_view(workspace) == "off";
  if (!off && workspace != nullptr && *workspace != '\0') return false;
  if (question.module.vendored) return false;
  if (!off)
    for (fs::path at = question.module.root; !at.empty(); at = at.parent_path()) {
      if (stamp_of(at / "go.work").exists()) return false;
      if (!at.has_relative_path()) break;
    }
  for (const auto* packages : {&question.facts.packages, &question.facts.imported})
    for (const Package& package : *packages)
      for (const File& file : package.files)
        for (const Import& import : file.imports)
          if (import.path == "embed" || import.path == "C") return false;
  return true;
}

std::optional<std::string> key_of(const ListQuestion& question, const std::vector<ListedPackage>& packages) {
  if (!facts_decide(question)) return std::nullopt;
  std::set<fs::path> known;
  for (const auto* list : {&question.facts.packages, &question.facts.imported})
    for (const Package& package : *list) {
      fs::path place = (question.directory / package.directory).lexically_normal();
      known.insert(place.has_filename() ? place : place.parent_path());
    }
  Key key;
  for (const std::string& word : question.argv) key.add(word);
  add_environment(question, key);
  key.add(question.toolchain.version);
  key.add(stamp_of(question.toolchain.program));
  key.add(stamp_of(question.toolchain.root / "VERSION"));
  for (const char* name : {"go.mod", "go.sum"}) key.add_content(question.module.root / name);
  add_facts(question.facts, key);
  for (const auto& [place, file] : question.overlay.installed) {
    key.add(place.string());
    key.add(stamp_of(file));
  }
  // The user's own files with another import have other texts each time; their imports are in the facts.
  for (const auto& [place, text] : question.overlay.generated) {
    key.add(place.string());
    if (place.filename() == "zz_faasc_boot.go" || is_ours(place.parent_path())) key.add(text);
  }
  for (const fs::path& directory : changeable(packages)) {
    if (!is_below(directory, question.module.root) || !known.contains(directory)) return std::nullopt;
    key.add(directory.string());
    // A module of its own begins where there is a go.mod.
    for (fs::path at = directory; at != question.module.root && at.has_relative_path(); at = at.parent_path())
      key.add(stamp_of(at / "go.mod").exists() ? "module" : "");
    // Sources in C and in assembly, too.
    std::set<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
      names.insert(entry->path().filename().string());
    if (error) return std::nullopt;
    for (const std::string& name : names) key.add(name);
    key.add("");
  }
  return key.finish();
}

}  // namespace

std::optional<std::vector<ListedPackage>> kept_packages(const fs::path& file, const ListQuestion& question) {
  auto text = read_file(file);
  if (!text || !text->starts_with(kHeading)) return std::nullopt;
  std::size_t line = text->find('\n');
  if (line == std::string::npos) return std::nullopt;
  auto packages = read_package_list(std::string_view(*text).substr(line + 1));
  if (!packages || packages->empty()) return std::nullopt;
  std::optional<std::string> key = key_of(question, *packages);
  if (!key || text->substr(kHeading.size(), line - kHeading.size()) != *key) return std::nullopt;
  return std::move(*packages);
}

void keep_packages(const fs::path& file, const ListQuestion& question,
                   const std::vector<ListedPackage>& packages, std::string_view answer,
                   std::int64_t asked_ns) {
  std::error_code ignored;
  fs::remove(file, ignored);
  for (const fs::path& input : inputs_of(packages))
    if (stamp_of(input).changed_ns >= asked_ns && is_below(input, question.module.root)) return;
  for (const char* name : {"go.mod", "go.sum"})
    if (stamp_of(question.module.root / name).changed_ns >= asked_ns) return;
  std::optional<std::string> key = key_of(question, packages);
  if (!key) return;
  (void)write_file(file, std::string(kHeading) + *key + "\n" + std::string(answer));
}

}  // namespace faasc::go
