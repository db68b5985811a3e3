#pragma once

#include <filesystem>

#include "base/result.h"
#include "packager/archive/archive_reader.h"

namespace faasc {

/// Creates everything in the archive below `into`, an empty or missing directory. Modes keep their permission
/// bits (and the owner can always read and write), times and owners are dropped. On failure `into` holds part
/// of the archive: unpack into a TemporaryDirectory and rename.
Result<void> unpack_archive(const std::filesystem::path& archive, const std::filesystem::path& into,
                            const ArchiveLimits& limits = {});

}  // namespace faasc
