#include "manifests/project.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <span>

#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "manifests/codes.h"
#include "manifests/glob.h"

namespace faasc {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostEntries = 100'000;
constexpr std::uint64_t kIgnoreFileLimit = std::uint64_t{1} << 20;
constexpr std::string_view kDefaultExcludes[] = {".git/",   "build*/",       "*.img",
                                                 "*.qcow2", "*.vm.json",     "__pycache__/",
                                                 ".venv/",  "node_modules/", ".faasc/"};

GlobList compile(std::span<const std::string_view> patterns) {
  GlobList list;
  for (std::string_view pattern : patterns) {
    if (Result<Glob> glob = Glob::compile(pattern)) list.add(std::move(*glob));
  }
  return list;
}

GlobList compile(const std::vector<Located<std::string>>& patterns) {
  GlobList list;
  for (const Located<std::string>& pattern : patterns) {
    if (Result<Glob> glob = Glob::compile(*pattern)) list.add(std::move(*glob));
  }
  return list;
}

// Walks one directory level after the other by descriptor, so that a path is never walked twice.
class Lister {
 public:
  explicit Lister(const fs::path& root, ProjectListing& listing) : root_(root), listing_(listing) {}

  Result<void> list(const Fd& directory, const std::string& prefix) {
    listing_.walked.push_back(prefix);
    int copy = ::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* stream = copy < 0 ? nullptr : ::fdopendir(copy);
    if (stream == nullptr) return io_error("open", root_ / prefix, errno);
    struct Close {
      void operator()(DIR* open) const { ::closedir(open); }
    };
    std::unique_ptr<DIR, Close> owner(stream);
    while (const dirent* entry = ::readdir(stream)) {
      std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      FAASC_CHECK(add(directory, prefix, name, entry->d_type));
    }
    return check_interrupt();
  }

 private:
  Result<void> add(const Fd& directory, const std::string& prefix, std::string_view name,
                   unsigned char type) {
    std::string path = prefix + std::string(name);
    EntryKind kind = EntryKind::Other;
    if (type == DT_UNKNOWN || type == DT_LNK) {
      struct stat status{};
      if (::fstatat(directory.get(), std::string(name).c_str(), &status,
                    type == DT_LNK ? 0 : AT_SYMLINK_NOFOLLOW) == 0) {
        kind = S_ISREG(status.st_mode)   ? EntryKind::File
               : S_ISDIR(status.st_mode) ? EntryKind::Directory
                                         : EntryKind::Other;
      }
      if (type == DT_LNK || S_ISLNK(status.st_mode)) kind = kind_of_link(path, kind);
    } else if (type == DT_REG) {
      kind = EntryKind::File;
    } else if (type == DT_DIR) {
      kind = EntryKind::Directory;
    }
    if (listing_.entries.size() >= kMostEntries) {
      return Error{
          .fault = Fault::Input,
          .code = kSourceMissing,
          .what = "'" + root_.string() + "' holds more than " + std::to_string(kMostEntries) + " files",
          .hint = "is it the right directory? a function is expected in a directory of its own"};
    }
    listing_.entries.emplace(path, kind);
    // A directory behind a link is not entered: it is listed where it really is.
    if (kind != EntryKind::Directory || type == DT_LNK || skipped_.matches(path, true)) return {};
    Fd below(::openat(directory.get(), std::string(name).c_str(),
                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!below) return io_error("open", root_ / path, errno);
    return list(below, path + "/");
  }

  EntryKind kind_of_link(const std::string& path, EntryKind kind) {
    std::error_code error;
    if (real_root_.empty()) real_root_ = fs::canonical(root_, error);
    fs::path target = fs::canonical(root_ / path, error);
    if (error) return EntryKind::LinkOut;
    auto [end, unused] = std::mismatch(real_root_.begin(), real_root_.end(), target.begin(), target.end());
    return end == real_root_.end() ? kind : EntryKind::LinkOut;
  }

  fs::path root_, real_root_;
  ProjectListing& listing_;
  GlobList skipped_ = compile(kDefaultExcludes);
};

bool is_cpp(std::string_view path) {
  return path.ends_with(".cc") || path.ends_with(".cpp") || path.ends_with(".cxx");
}

bool is_cpp_test(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  std::string_view stem = name.substr(0, name.rfind('.'));
  return stem.ends_with("_test") || stem.ends_with("_unittest") || stem.ends_with(".test") ||
         stem.starts_with("test_") || path.starts_with("test/") || path.starts_with("tests/") ||
         path.find("/test/") != std::string_view::npos || path.find("/tests/") != std::string_view::npos;
}

// "." and "" for the project itself; no "./", "//" or "x/.." in the result.
std::string normalised(std::string_view path) {
  std::string text = fs::path(path).lexically_normal().string();
  while (text.ends_with('/')) text.pop_back();
  return text == "." ? "" : text;
}

class Resolving {
 public:
  Resolving(Manifest& manifest, const ProjectListing& listing, Diagnostics& diagnostics)
      : manifest_(manifest), listing_(listing), diagnostics_(diagnostics) {}

  void name();
  bool source();
  void runtime();
  void data_files();
  void body_files();
  void certificates();
  void globs();

 private:
  void report(const char* code, std::string message, const SourcePlace& place, std::string hint,
              Severity severity = Severity::Error) {
    diagnostics_.add(manifest_.finding(severity, code, std::move(message), place, std::move(hint)));
  }
  void check_exists(std::string_view what, const Located<std::string>& path);

  Manifest& manifest_;
  const ProjectListing& listing_;
  Diagnostics& diagnostics_;
};

void Resolving::name() {
  if (!manifest_.name.value.empty()) return;
  std::string name;
  for (char c : listing_.directory_name) {
    char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (plain) {
      name += lower;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  name.resize(std::min<std::size_t>(name.size(), 63));
  while (name.ends_with('-')) name.pop_back();
  if (name.empty()) {
    report(kBadFunctionName,
           "the directory's name '" + listing_.directory_name + "' makes no name for the function",
           manifest_.name.place, "add 'name: …' to the manifest");
    return;
  }
  manifest_.name.value = std::move(name);
}

bool Resolving::source() {
  std::string path = normalised(*manifest_.source);
  if (path.empty()) return true;
  const EntryKind* kind = listing_.find(path);
  if (kind != nullptr && *kind == EntryKind::Directory) return true;
  if (kind == nullptr) {
    report(kSourceMissing, "source '" + *manifest_.source + "' does not exist", manifest_.source.place,
           "it is looked for in '" + manifest_.directory.string() + "', the directory of the manifest");
  } else if (*kind == EntryKind::LinkOut) {
    report(kPathEscapes, "source '" + *manifest_.source + "' is a link that leads out of the project",
           manifest_.source.place, "put the source itself into the project");
  } else {
    report(kSourceMissing, "source '" + *manifest_.source + "' is not a directory", manifest_.source.place,
           "name the directory, and the file under build.cpp.sources");
  }
  return false;
}

void Resolving::runtime() {
  if (manifest_.runtime) return;
  std::string cpp, python, go;
  for (const std::string& path : function_files(manifest_, listing_)) {
    std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
    if (is_cpp(path) || name == "CMakeLists.txt") {
      if (cpp.empty()) cpp = path;
    } else if (path.ends_with(".py")) {
      if (python.empty()) python = path;
    } else if (path.ends_with(".go") || name == "go.mod") {
      if (go.empty()) go = path;
    }
  }
  int languages = (cpp.empty() ? 0 : 1) + (python.empty() ? 0 : 1) + (go.empty() ? 0 : 1);
  SourcePlace nowhere;
  if (languages == 0) {
    report(kUnknownRuntime,
           "there is no source in '" + (manifest_.directory / *manifest_.source).lexically_normal().string() +
               "'",
           manifest_.source.place,
           "faasc looks for C++ (.cc, .cpp, .cxx), Python (.py) and Go (.go) files; set 'source', or "
           "'runtime' if they are called otherwise");
    return;
  }
  if (languages > 1) {
    std::string list;
    for (const std::string& one : {cpp, python, go}) {
      if (!one.empty()) list.append(list.empty() ? "" : ", ").append("'" + one + "'");
    }
    report(kUnknownRuntime, "there is source of more than one language: " + list, nowhere,
           "add 'runtime: cpp', 'runtime: python' or 'runtime: go' to the manifest");
    return;
  }
  manifest_.runtime = Located<Runtime>{{!cpp.empty()      ? Language::Cpp
                                        : !python.empty() ? Language::Python
                                                          : Language::Go,
                                        ""},
                                       {}};
}

void Resolving::check_exists(std::string_view what, const Located<std::string>& path) {
  std::string wanted = normalised(*path);
  if (wanted.empty()) return;
  const EntryKind* kind = listing_.find(wanted);
  if (kind == nullptr) {
    std::vector<std::string_view> there;
    for (const auto& [entry, unused] : listing_.entries) there.push_back(entry);
    std::string_view near = nearest(wanted, there);
    report(kDataFileMissing,
           std::string(what) + " '" + *path + "' does not exist" +
               (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"),
           path.place,
           "it is looked for in '" + manifest_.directory.string() + "', the directory of the manifest");
  } else if (*kind == EntryKind::LinkOut) {
    report(kSymlinkOut,
           std::string(what) + " '" + *path + "' is a link that leads out of the project, or nowhere",
           path.place, "put the file itself into the project");
  } else if (*kind == EntryKind::Other) {
    report(kDataFileMissing, std::string(what) + " '" + *path + "' is neither a file nor a directory",
           path.place, "only files and directories go into an image");
  }
}

void Resolving::data_files() {
  for (const Manifest::DataFile& file : manifest_.files) check_exists("file", file.from);
}

void Resolving::certificates() {
  const Located<std::string>& path = manifest_.ca_certificates;
  if (path.written() && *path != "host") check_exists("ca_certificates", path);
}

void Resolving::body_files() {
  for (const Manifest::Test& test : manifest_.tests) {
    if (test.request.body_file) check_exists("body_file", *test.request.body_file);
  }
}

void Resolving::globs() {
  auto warn_unmatched = [&](std::string_view key, const std::vector<Located<std::string>>& patterns,
                            std::string_view prefix) {
    for (const Located<std::string>& pattern : patterns) {
      Result<Glob> compiled = Glob::compile(*pattern);
      if (!compiled || compiled->negated()) continue;
      bool used = std::any_of(listing_.entries.begin(), listing_.entries.end(), [&](const auto& entry) {
        std::string_view path = entry.first;
        if (!path.starts_with(prefix)) return false;
        return compiled->matches(path.substr(prefix.size()), entry.second == EntryKind::Directory);
      });
      if (!used)
        report(kBadGlob, std::string(key) + " pattern '" + *pattern + "' matches nothing", pattern.place,
               "remove it, or correct it", Severity::Warning);
    }
  };
  std::string source = normalised(*manifest_.source);
  if (!source.empty()) source += '/';
  warn_unmatched("include", manifest_.include, source);
  warn_unmatched("exclude", manifest_.exclude, source);
  if (!manifest_.runtime || manifest_.runtime->value.language != Language::Cpp) return;
  warn_unmatched("sources", manifest_.build.cpp.sources, source);
  if (!manifest_.build.cpp.cmake && cpp_sources(manifest_, listing_).empty()) {
    bool globs = !manifest_.build.cpp.sources.empty();
    report(kNoCppSources,
           globs ? "build.cpp.sources match no file"
                 : "there is no C++ source in '" + (source.empty() ? manifest_.directory.string() : source) +
                       "'",
           globs ? manifest_.build.cpp.sources.front().place : manifest_.runtime->place,
           "name the files under build.cpp.sources; files called *_test.cc or in tests/ are left out by "
           "default");
  }
}

}  // namespace

const EntryKind* ProjectListing::find(std::string_view path) const {
  auto found = entries.find(path);
  return found == entries.end() ? nullptr : &found->second;
}

std::vector<std::string_view> default_excludes() {
  return {std::begin(kDefaultExcludes), std::end(kDefaultExcludes)};
}

Result<ProjectListing> list_project(const fs::path& directory) {
  ProjectListing listing;
  Fd root(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return io_error("open", directory, errno);
  std::error_code error;
  fs::path real = fs::canonical(directory, error);
  if (error) return io_error("open", directory, error.value());
  listing.directory_name = real.filename().string();
  FAASC_CHECK(Lister(directory, listing).list(root, ""));
  if (const EntryKind* kind = listing.find(".faasignore"); kind != nullptr && *kind == EntryKind::File) {
    FAASC_TRY(listing.ignore_text, read_file(directory / ".faasignore", kIgnoreFileLimit));
  }
  return listing;
}

void resolve_manifest(Manifest& manifest, const ProjectListing& listing, Diagnostics& diagnostics) {
  Resolving resolving(manifest, listing, diagnostics);
  resolving.name();
  if (resolving.source()) {
    resolving.runtime();
    resolving.globs();
  }
  resolving.data_files();
  resolving.body_files();
  resolving.certificates();
}

std::vector<std::string> function_files(const Manifest& manifest, const ProjectListing& listing) {
  GlobList include = compile(manifest.include), exclude = compile(manifest.exclude),
           defaults = compile(kDefaultExcludes), ignore = parse_ignore_file(listing.ignore_text);
  std::string source = normalised(*manifest.source);
  if (!source.empty()) source += '/';
  std::vector<std::string> files;
  for (const auto& [path, kind] : listing.entries) {
    if (kind != EntryKind::File || !path.starts_with(source)) continue;
    std::string_view inner = std::string_view(path).substr(source.size());
    if (!include.empty() && !include.matches(inner)) continue;
    if (exclude.matches(inner) || defaults.matches(path) || ignore.matches(path)) continue;
    files.push_back(path);
  }
  return files;
}

std::vector<std::string> cpp_sources(const Manifest& manifest, const ProjectListing& listing) {
  // Patterns that only leave out start from what is taken by default.
  GlobList globs = compile(manifest.build.cpp.sources);
  bool by_default = std::all_of(globs.globs().begin(), globs.globs().end(),
                                [](const Glob& glob) { return glob.negated(); });
  std::string source = normalised(*manifest.source);
  if (!source.empty()) source += '/';
  std::vector<std::string> sources;
  for (std::string& path : function_files(manifest, listing)) {
    std::string_view inner = std::string_view(path).substr(source.size());
    bool taken = globs.matches(inner);
    if (by_default) {
      taken = is_cpp(inner) && !is_cpp_test(inner) &&
              std::none_of(globs.globs().begin(), globs.globs().end(),
                           [&](const Glob& glob) { return glob.matches(inner, false); });
    }
    if (taken) sources.push_back(std::move(path));
  }
  return sources;
}

}  // namespace faasc
