#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/diagnostics.h"

namespace faasc::cpp {

/// What the compiler and the linker find, as the user is told of it.
class Findings {
 public:
  /// `shown_project` is the project's directory as the user would type it, `project` the canonical one.
  Findings(std::filesystem::path shown_project, std::filesystem::path project, Diagnostics& diagnostics)
      : shown_project_(std::move(shown_project)), project_(std::move(project)), diagnostics_(diagnostics) {}

  /// Makes a place one that the user could type from where faasc was started.
  void show(SourcePlace& place) const;
  void show(Diagnostic& diagnostic) const;

  /// Adds them to the diagnostics, each once, with the hints that Clang does not give.
  void report(std::vector<Diagnostic> found);

 private:
  std::filesystem::path shown_project_, project_;
  Diagnostics& diagnostics_;
  std::set<std::tuple<std::string, int, int, std::string>> reported_;
};

}  // namespace faasc::cpp
