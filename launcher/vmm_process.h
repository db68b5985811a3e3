#pragma once

#include <string>
#include <vector>

#include "base/process.h"
#include "base/result.h"

namespace faasc {

/// Starts a VMM: nothing at its standard input, pipes at the others, in a process group of its own, and
/// without transparent huge pages, so that many small guests fit on one host. `inherited` are descriptors
/// that it finds under their numbers.
Result<Child> spawn_vmm(const std::vector<std::string>& argv, std::vector<int> inherited);

}  // namespace faasc
