#pragma once

#include <filesystem>
#include <memory>

#include "base/file.h"
#include "packager/disk/formats/disk_contents.h"
#include "packager/output/sequential_output.h"

namespace faasc {

/// A file or a block device whose bytes are the disk's. Whole sectors; what is missing of the last one is
/// zero.
Result<std::shared_ptr<const DiskContents>> open_raw_disk(const std::filesystem::path& path);
/// The same for a file that is open; `path` is for messages.
Result<std::shared_ptr<const DiskContents>> open_raw_disk(Fd file, const std::filesystem::path& path);

/// Writes the disk's bytes; pages of zeros become holes.
Result<std::uint64_t> write_raw_disk(const DiskContents& disk, SequentialOutput& out);

}  // namespace faasc
