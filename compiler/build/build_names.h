#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "compiler/cache/path_names.h"
#include "compiler/cache/step_cache.h"
#include "compiler/function.h"
#include "manifests/manifest.h"
#include "manifests/project.h"

namespace faasc {

struct BuildTools;

/// What differs between checkouts and hosts of one and the same build: names for its directories, and places
/// as the user typed them, so that what is kept of a step of it holds elsewhere, too.
class BuildNames {
 public:
  BuildNames(const Manifest& manifest, const BuildTools& tools, const std::filesystem::path& work_dir,
             const StepCache& cache);

  const PathNames& paths() const { return paths_; }
  const std::filesystem::path& project() const { return project_; }
  const std::filesystem::path& work() const { return work_; }

  /// What was found out and said of a function, as JSON without any of that.
  std::string said_text(Function function, std::vector<Diagnostic> diagnostics) const;
  /// The reverse, here. False where the text is none.
  bool read_said(std::string_view text, Function& function, std::vector<Diagnostic>& diagnostics) const;

  /// Sorts what a build has read, or found nothing at, as the cache wants it. What lies in the work directory
  /// is nobody's input, and the directories of the listing, whose files are part of the question, change by
  /// what is built in them.
  StepInputs inputs(const std::vector<std::filesystem::path>& read, const ProjectListing& listing) const;
  /// The same the other way round.
  static std::vector<std::filesystem::path> all_of(const StepInputs& inputs);

  /// Whether the build itself, or another one on this host, has made the file.
  bool is_made(const std::filesystem::path& file) const;

 private:
  std::filesystem::path typed_, project_, work_, shared_;
  PathNames paths_;
};

/// Absolute, without ".." and the like.
std::filesystem::path full_path(const std::filesystem::path& path);

/// All files in a directory and in those below it, sorted.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& directory);

bool is_below(const std::filesystem::path& path, const std::filesystem::path& directory);

}  // namespace faasc
