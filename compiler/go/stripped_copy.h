#pragma once

#include <filesystem>

#include "base/result.h"

namespace faasc::go {

/// Writes the part of an ELF program that is loaded: without symbols, debug information and section headers,
/// which no kernel or loader reads. Go's own tracebacks do not need them either. Go's linker and lld put all
/// of that behind the last segment; a program where it lies elsewhere is copied as it is.
Result<void> write_stripped_copy(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace faasc::go
