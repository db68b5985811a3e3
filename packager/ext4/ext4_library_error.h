#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace faasc {

/// What libext2fs means by `code`, while it was `doing` ("lay out", "fill", "write") the file system `out`.
Error ext4_library_error(std::string_view doing, const std::filesystem::path& out, long code);

}  // namespace faasc
