#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

/// Removes what builds into `directory` have written: the outputs that their records name and their work
/// directories, then directories that this leaves empty. `image`: only that one's, by the name of its file;
/// empty: all of them. Nothing else is touched, and nothing there is no error. Waits for a build that is
/// under way. Returns the files that were removed, work directories as one, sorted.
Result<std::vector<std::filesystem::path>> clean_builds(const std::filesystem::path& directory,
                                                        std::string_view image = {});

}  // namespace faasc
