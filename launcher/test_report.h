#pragma once

#include <string>

#include "base/diagnostics.h"
#include "launcher/smoke_test.h"

namespace faasc {

/// One test's result for people: a line, and below it what was expected and found, or the error. Ends with a
/// newline.
std::string to_text(const TestResult& result, Color color);

/// One line of JSON, schema "faasc.test/1", with its newline: name, outcome ("passed", "failed", "broken",
/// "skipped"), milliseconds, findings, error.
std::string to_json_line(const TestResult& result);

/// "3 passed, 1 failed in 812 ms" and the like. Ends with a newline.
std::string summary(const TestReport& report, Color color);

/// JUnit's XML as CI systems read it: a failed expectation is a failure, a guest or host that gave out is an
/// error. No clock and no host name go into it; characters that XML does not allow are left out.
std::string to_junit(const TestReport& report);

}  // namespace faasc
