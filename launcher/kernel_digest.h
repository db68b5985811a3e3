#pragma once

#include "base/result.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// FAASC0606 where the kernel's file is not the one whose digest the image's description has. A description
/// without a digest says nothing of it.
Result<void> check_kernel_digest(const VmSpec::DirectBoot& boot);

}  // namespace faasc
