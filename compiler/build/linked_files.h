#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace faasc {

/// The host's libraries and start-up files that the last build of this image linked into the program, as its
/// record has them. Empty where there is no record.
std::vector<std::string> linked_files(const std::filesystem::path& image);

}  // namespace faasc
