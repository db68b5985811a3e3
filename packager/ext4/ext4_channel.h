#pragma once

#include <memory>

#include <ext2fs/ext2fs.h>

#include "base/byte_source.h"

namespace faasc {

/// Opens the file system in `source` for reading with libext2fs. The handle keeps the source.
errcode_t open_ext4_handle(std::shared_ptr<const ByteSource> source, int flags, ext2_filsys* handle);

}  // namespace faasc
