#include "launcher/memory_search.h"

#include <algorithm>

#include "launcher/codes.h"

namespace faasc {

Result<std::uint64_t> smallest_memory(const MemoryRange& range, const MemoryTrial& suffices) {
  std::uint64_t high = range.most / range.step, low = range.least / range.step;  // in steps
  high = std::max<std::uint64_t>(high, 1);
  FAASC_TRY(bool enough, suffices(high * range.step));
  if (!enough)
    return Error{.fault = Fault::Test,
                 .code = kNotEnoughMemory,
                 .what = "the tests do not pass with " + std::to_string(high * range.step >> 20) +
                         " MiB, so less is not tried",
                 .during = {},
                 .hint =
                     "'faasc test' without --find-memory shows what fails; --memory names another size to "
                     "begin with"};
  while (low < high) {
    std::uint64_t middle = low + (high - low) / 2;
    FAASC_TRY(bool passed, suffices(middle * range.step));
    if (passed)
      high = middle;
    else
      low = middle + 1;
  }
  return high * range.step;
}

Result<std::uint64_t> find_memory(const VmSpec& spec, const TestRunOptions& options,
                                  const std::function<void(std::uint64_t, bool)>& on_try) {
  MemoryRange range;
  range.most = options.start.memory_bytes.value_or(spec.memory_bytes);
  return smallest_memory(range, [&](std::uint64_t bytes) -> Result<bool> {
    TestRunOptions trial = options;
    trial.start.memory_bytes = bytes;
    trial.on_result = {};
    FAASC_TRY(TestReport report, run_smoke_tests(spec, trial));
    for (const TestResult& result : report.results)
      if (result.error && result.error->fault == Fault::Host) return *result.error;
    bool passed = report.exit_status() == 0;
    if (on_try) on_try(bytes, passed);
    return passed;
  });
}

}  // namespace faasc
