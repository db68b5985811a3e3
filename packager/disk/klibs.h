#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// Nanos' kernel libraries of these names and those that they need ("cloud_init" and "radar" need "tls"),
/// each once, in byte order. FAASC0562 where the kernel lacks one; the error lists those that it has.
Result<std::vector<std::string>> klibs_to_load(const Kernel& kernel, const std::vector<std::string>& wanted);

}  // namespace faasc
