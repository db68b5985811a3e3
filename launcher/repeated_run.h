#pragma once

#include <vector>

#include "launcher/smoke_test.h"

namespace faasc {

/// One report of several runs of the same tests, each result once. A result that was bad in any of them is
/// bad: failed where an expectation failed, else broken; and flaky where other runs passed.
TestReport report_of_runs(std::vector<TestReport> runs);

}  // namespace faasc
