#pragma once

#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// Copies all of a file into an empty one and returns the SHA-256 of what was copied. Blocks are shared where
/// both are on one file system that can (FICLONE); else holes and runs of zeros become holes.
Result<std::string> copy_and_digest(const Fd& from, const std::filesystem::path& from_path, const Fd& to,
                                    const std::filesystem::path& to_path);

}  // namespace faasc
