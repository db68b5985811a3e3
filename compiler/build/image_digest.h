#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace faasc {

/// The SHA-256 of an image, in hexadecimal. It is kept in `work_dir` (the file "digest") with the image's
/// stamp, so that an image is read once for it, and never where nobody asks.
Result<std::string> image_digest(const std::filesystem::path& image, const std::filesystem::path& work_dir);

}  // namespace faasc
