#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "packager/disk/formats/disk_contents.h"
#include "packager/output/sequential_output.h"

namespace faasc {

/// Reads VHDX, fixed or dynamic. One with a parent is refused, and one whose log was not worked off. `name`
/// is for messages.
Result<std::shared_ptr<const DiskContents>> open_vhdx(std::shared_ptr<const ByteSource> file,
                                                      const std::string& name);

/// Writes a dynamic VHDX with blocks of 1 MiB and sectors of 512 bytes.
Result<std::uint64_t> write_vhdx(const DiskContents& disk, SequentialOutput& out);

}  // namespace faasc
