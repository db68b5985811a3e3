#pragma once

#include <filesystem>
#include <set>

#include "base/result.h"

namespace faasc {

/// Where a change may concern a function.
struct WatchedDirectories {
  std::set<std::filesystem::path> directories;
  std::set<std::filesystem::path> ignored;  ///< what builds write, which is no reason for another
};

/// The directories of the project's files, where new ones may appear, and those of everything that the last
/// build which put an image there says that it read, but for the system's and for faasc's cache. `output` as
/// in BuildOptions.
Result<WatchedDirectories> watched_directories(const std::filesystem::path& manifest,
                                               const std::filesystem::path& output);

}  // namespace faasc
