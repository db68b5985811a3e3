#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "packager/disk/formats/disk_contents.h"
#include "packager/output/sequential_output.h"

namespace faasc {

/// Reads fixed and dynamic VHDs. `raw` are the bytes of the same file as a raw disk's, which those of a fixed
/// one are but for the last sector. `name` is for messages.
Result<std::shared_ptr<const DiskContents>> open_vhd(std::shared_ptr<const DiskContents> raw,
                                                     const std::string& name);

/// Writes a fixed VHD, its size rounded up to whole MiB.
Result<std::uint64_t> write_vhd(const DiskContents& disk, SequentialOutput& out);

}  // namespace faasc
