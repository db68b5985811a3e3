#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// A root file system as an archive that Linux unpacks into memory: a part of an initramfs.
struct InitramfsTree {
  std::string archive;
  std::uint64_t payload_bytes = 0;  ///< the sum of the sizes of the files
};

/// Files of the host are read now. The same tree gives the same bytes.
Result<InitramfsTree> archive_of_tree(const Rootfs& rootfs);

}  // namespace faasc
