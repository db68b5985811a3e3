#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "packager/disk/formats/disk_contents.h"
#include "packager/output/sequential_output.h"

namespace faasc {

/// Unpacks a raw disk that is compressed by zstd (RFC 8878), one frame or several, into a file without a name
/// in the directory for temporary files. `name` is for messages.
Result<std::shared_ptr<const DiskContents>> open_zst(std::shared_ptr<const ByteSource> file,
                                                     const std::string& name);

/// Writes one frame with its length and a checksum. The same bytes for the same disk and version of zstd,
/// which faasc has built in.
Result<std::uint64_t> write_zst(const DiskContents& disk, SequentialOutput& out);

}  // namespace faasc
