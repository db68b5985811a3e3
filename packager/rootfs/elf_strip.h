#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace faasc {

/// What a program or library needs to run, and nothing else: the file up to the end of its last segment, with
/// no section headers. Symbol tables for debuggers and debug information go; what the dynamic loader reads
/// stays, because that lies in segments. Nothing where that saves less than `least_saving` bytes.
Result<std::optional<std::string>> stripped_elf(const std::string& path, std::uint64_t least_saving = 4096);

}  // namespace faasc
