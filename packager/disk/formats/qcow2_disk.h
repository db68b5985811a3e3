#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "packager/disk/formats/disk_contents.h"
#include "packager/output/sequential_output.h"

namespace faasc {

/// Reads qcow2 version 2 and 3, clusters compressed by deflate included; of internal snapshots the current
/// state. Encryption, external data and other compression are refused, and backing files, too, unless the
/// caller gives what is in it as `backing`: whatever the overlay calls it is not looked for. `name` is for
/// messages.
Result<std::shared_ptr<const DiskContents>> open_qcow2(std::shared_ptr<const ByteSource> file,
                                                       const std::string& name,
                                                       std::shared_ptr<const DiskContents> backing = nullptr);

/// Returns the length of the file, whose end may be a hole that is not there yet.
Result<std::uint64_t> write_qcow2(const DiskContents& disk, SequentialOutput& out);

}  // namespace faasc
