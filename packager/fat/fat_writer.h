#pragma once

#include "base/result.h"
#include "packager/fat/fat_layout.h"
#include "packager/output/sequential_output.h"

namespace faasc {

/// Writes the volume from where `out` stands; what comes after its last file is left to the caller as a hole
/// up to `layout.size_bytes()`. A host file that has changed its size since it was planned is an error.
Result<void> write_fat(const FatLayout& layout, SequentialOutput& out);

}  // namespace faasc
