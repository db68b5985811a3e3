#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "manifests/manifest.h"

namespace faasc {

/// What there is in a project's directory.
enum class EntryKind : std::uint8_t {
  File,
  Directory,
  LinkOut,  ///< a symbolic link that leads out of the project, or nowhere
  Other,    ///< a socket, a device, a pipe
};

/// A project's files as they were found, so that decisions about them can be taken, and tested, without
/// looking again.
struct ProjectListing {
  std::string directory_name;  ///< of the project's directory: what the function is called by default
  /// By path relative to the project ("src/a.cc"), in byte order. Links that stay inside are what they lead
  /// to.
  std::map<std::string, EntryKind, std::less<>> entries;
  std::string ignore_text;  ///< of .faasignore
  /// The directories whose entries were listed, relative to the project; "" is its own. A new file shows in
  /// one of them.
  std::vector<std::string> walked;

  const EntryKind* find(std::string_view path) const;
};

/// Looks at the directory and everything below it, but not into directories that hold no source of anyone
/// (.git, node_modules, .venv, __pycache__, build trees of CMake). At most 100'000 entries.
Result<ProjectListing> list_project(const std::filesystem::path& directory);

/// The directories and files that are always left out, as gitignore patterns.
std::vector<std::string_view> default_excludes();

/// Fills in what needed a look at the files (name, runtime, requirements, the source of Go modules) and
/// checks what the manifest says about files: source, files[].from, body files, globs that match nothing.
void resolve_manifest(Manifest& manifest, const ProjectListing& listing, Diagnostics& diagnostics);

/// The files that belong to the function, relative to the project, in byte order: those in `source` that
/// `include` takes and neither `exclude`, the defaults nor .faasignore leave out.
std::vector<std::string> function_files(const Manifest& manifest, const ProjectListing& listing);

/// The C++ files to compile, out of function_files: what build.cpp.sources matches, relative to `source`;
/// without globs, or with
/// none but those that leave out ('!old.cc'), every C++ file that is not a test.
std::vector<std::string> cpp_sources(const Manifest& manifest, const ProjectListing& listing);

}  // namespace faasc
