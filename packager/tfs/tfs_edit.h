#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"
#include "packager/output/byte_patch.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

/// What has to change in a file system for an edit, in bytes from its start.
struct TfsEdit {
  std::vector<BytePatch> patches;
  std::uint64_t size_bytes = 0;  ///< what the file system has to be then; never less than it was
};

/// Merges `edit` into the root tuple the way a kernel would: by one more record at the end of the log. A
/// tuple where there is one already is edited, attribute by attribute; everything else takes the place of
/// what was there. The record goes where the log ends if there is room, and else into a new extension behind
/// the last byte of `source`. Nothing is written. The same source and edit give the same patches.
Result<TfsEdit> edit_tfs(const ByteSource& source, const TfsTuple& edit);

}  // namespace faasc
