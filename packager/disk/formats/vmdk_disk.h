#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "packager/disk/formats/disk_contents.h"
#include "packager/output/sequential_output.h"

namespace faasc {

/// Reads a VMDK that is one file: streamOptimized or monolithicSparse. Disks of several files and those with
/// a parent are refused. `name` is for messages.
Result<std::shared_ptr<const DiskContents>> open_vmdk(std::shared_ptr<const ByteSource> file,
                                                      const std::string& name);

/// Writes streamOptimized. The same bytes for the same disk and version of zlib, which faasc has built in.
Result<std::uint64_t> write_vmdk(const DiskContents& disk, SequentialOutput& out);

}  // namespace faasc
