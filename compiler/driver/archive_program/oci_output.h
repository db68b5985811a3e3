#pragma once

#include <filesystem>

#include "base/result.h"
#include "packager/archive/oci_writer.h"

namespace faasc {

/// Writes an image layout to a directory that is not there yet, or as a file NAME.tar, which is replaced.
/// Whole or not at all. FAASC0539 where a directory is in the way.
Result<TreeArchiveOutcome> write_oci_output(const StoredTree& tree, const TreeArchiveOptions& options,
                                            OciImage image, const std::filesystem::path& output);

}  // namespace faasc
