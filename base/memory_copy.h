#pragma once

#include <filesystem>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// A copy of `file` in memory, without a name, with the same holes; it is gone with its last descriptor. A
/// program that inherits the descriptor opens it as /proc/self/fd/N.
Result<Fd> copy_in_memory(const std::filesystem::path& file);

}  // namespace faasc
