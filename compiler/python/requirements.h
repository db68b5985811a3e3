#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"

namespace faasc::python {

/// What the user requires, read from requirements files (-r and -c followed) or from pyproject.toml's
/// [project] dependencies. functions-framework itself is not among the lines: faasc brings what functions
/// import of it, and its server forks.
struct Requirements {
  std::vector<std::string> lines;             ///< as pip takes them, paths made absolute
  std::vector<std::string> constraints;       ///< the lines of -c files
  std::set<std::string> names;                ///< normalised (PEP 503): "flask", "functions-framework"
  bool hashes = false;                        ///< lines carry --hash, so pip wants one for everything
  bool urls = false;                          ///< a line names a URL
  std::vector<std::filesystem::path> inputs;  ///< every file that was read
};

/// "Flask_Cors" → "flask-cors".
std::string normalised_name(std::string_view name);

/// Reads a requirements file, or pyproject.toml by its name. Missing files are errors that say who named
/// them.
Result<Requirements> read_requirements(const std::filesystem::path& file);

}  // namespace faasc::python
