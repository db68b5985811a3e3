#pragma once

#include "base/result.h"
#include "packager/output/earlier_image.h"
#include "packager/output/sequential_output.h"
#include "packager/tfs/tfs_layout.h"

namespace faasc {

/// Writes the file system where `out` stands: layout.used_bytes() bytes, front to back. What the format
/// leaves open is zero and a hole in the output. A host file that is not as long as when it was planned is an
/// error, and the output is then worth nothing. The same tree gives the same bytes.
///
/// With `earlier`, runs of files that it holds as they are to lie here are taken from it instead of from the
/// host; the bytes are the same.
Result<void> write_tfs(const TfsLayout& layout, SequentialOutput& out, const EarlierImage* earlier = nullptr);

/// Adds where the host's files lie when the file system begins at `start` of an image. Files that changed at
/// or after `started_ns` (file_clock_ns) are left out: they may have been read before or after the change.
void add_places(const TfsLayout& layout, std::uint64_t start, std::int64_t started_ns, ImagePlaces& places);

}  // namespace faasc
