#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "launcher/smoke_test.h"

namespace faasc {

/// One test's result for people: a line, and below it what was expected and found, or the error. Ends with a
/// newline.
std::string to_text(const TestResult& result, Color color);

/// One line of JSON, schema "faasc.test/1", with its newline: function, name, outcome ("passed", "failed",
/// "broken", "skipped"), milliseconds, findings, error; of several runs also "runs", "bad_runs" and "flaky".
std::string to_json_line(const std::string& function, const TestResult& result);

/// How many results came out so; a flaky one is neither failed nor broken here.
struct TestCounts {
  std::size_t passed = 0, flaky = 0, failed = 0, broken = 0, skipped = 0;
};
TestCounts counts_of(const std::vector<TestReport>& reports);

/// "3 passed, 1 failed in 812 ms" and the like. Ends with a newline.
std::string summary(const TestCounts& counts, std::chrono::nanoseconds duration, Color color);

/// JUnit's XML as CI systems read it, a suite for each report: a failed expectation is a failure, a guest or
/// host that gave out is an error, whether in all runs or in some. No clock and no host name go into it;
/// characters that XML does not allow are left out. `duration` is that of all together.
std::string to_junit(const std::vector<TestReport>& reports, std::chrono::nanoseconds duration);

}  // namespace faasc
