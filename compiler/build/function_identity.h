#pragma once

#include <string>

#include "base/result.h"
#include "packager/rootfs/program.h"

namespace faasc {

/// A digest of what makes this function another one than the next: what is in its executable and in the files
/// of its working directory. Goes into the UUIDs of its image, so that two builds of a function of the same
/// size are not taken for one disk. Interpreters and libraries are not read: their names and sizes are in the
/// UUID anyway.
Result<std::string> function_identity(const Program& program);

}  // namespace faasc
