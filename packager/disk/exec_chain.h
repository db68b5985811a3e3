#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// The node that a guest's system call on `path` finds: symbolic links are followed within the tree. Null
/// where there is none.
const std::pair<const std::string, RootfsNode>* resolve(const Rootfs& rootfs, std::string_view path);

/// The files that Linux opens to start `executable`: itself, and the interpreter its ELF header or its "#!"
/// line names, and that one's. Each of them needs execute permission. FAASC0560 where the executable is not a
/// file of the tree, FAASC0581 where an interpreter is not.
Result<std::vector<std::string>> exec_chain(const Rootfs& rootfs, const std::string& executable);

}  // namespace faasc
