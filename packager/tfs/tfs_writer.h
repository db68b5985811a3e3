#pragma once

#include "base/result.h"
#include "packager/tfs/sequential_output.h"
#include "packager/tfs/tfs_layout.h"

namespace faasc {

/// Writes the file system where `out` stands: layout.used_bytes() bytes, front to back. What the format
/// leaves open is zero and a hole in the output. A host file that is not as long as when it was planned is an
/// error, and the output is then worth nothing. The same tree gives the same bytes.
Result<void> write_tfs(const TfsLayout& layout, SequentialOutput& out);

}  // namespace faasc
