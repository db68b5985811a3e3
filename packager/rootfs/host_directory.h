#pragma once

#include <filesystem>

#include "base/result.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// The tree below a directory of this host, as a root file system: permission bits, symbolic links as they
/// are stored and hard links between its files; owners and times are dropped. File contents are read when an
/// image is written. Devices, FIFOs and sockets are an error (FAASC0542), and so are names that no guest can
/// have.
Result<Rootfs> rootfs_of_directory(const std::filesystem::path& directory);

}  // namespace faasc
