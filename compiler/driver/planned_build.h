#pragma once

#include <vector>

#include "base/result.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"

namespace faasc {

/// Prints what building these functions would do, and why: `faasc build --dry-run`. The value is the exit
/// status.
Result<int> print_plan(Session& session, const std::vector<BatchItem>& items);

}  // namespace faasc
