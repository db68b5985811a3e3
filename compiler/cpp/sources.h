#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace faasc::cpp {

/// The sources that the manifest's build.cpp.sources names, relative to `project_dir`, sorted, each once.
///
/// A pattern is a path in which * and ? match within one name, [a-z] and {a,b} choose, and ** stands for any
/// number of directories. Hidden directories are not searched unless the pattern names them. "!pattern"
/// leaves files out again. A pattern that matches nothing, or a path outside the project, is an error.
///
/// No patterns, or none but those that leave out, stand for every .cc, .cpp and .cxx file, except tests
/// (foo_test.cc, foo.test.cc, test_foo.cc and everything in test/ and tests/) and directories that builds
/// leave behind (build*, out, CMakeFiles, node_modules and any with a CMakeCache.txt).
///
/// `searched` gets every directory whose entries decided the result: a change of one may change the sources.
Result<std::vector<std::string>> find_cpp_sources(const std::filesystem::path& project_dir,
                                                  const std::vector<std::string>& patterns,
                                                  std::vector<std::filesystem::path>& searched);

/// Whether `path` matches one pattern as above.
bool matches_glob(std::string_view path, std::string_view pattern);

}  // namespace faasc::cpp
