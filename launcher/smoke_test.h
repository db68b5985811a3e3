#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "launcher/machine.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// One thing that was not as expected.
struct Finding {
  std::string what;  ///< "status", "header 'content-type'", "body", "body at /items/0", "log", "duration"
  std::string expected;
  std::string found;
};

/// What came of one smoke test.
struct TestResult {
  enum class Outcome : std::uint8_t {
    Passed,
    Failed,  ///< the answer was not as expected: `findings`
    Broken,  ///< there was no answer to judge: `error`
    Skipped  ///< this host cannot run VMs: `error`
  };
  std::string name;
  Outcome outcome = Outcome::Passed;
  std::vector<Finding> findings;
  std::optional<Error> error;
  std::chrono::nanoseconds duration{0};  ///< of the longest run
  std::string console;                   ///< what the guest printed meanwhile, its end
  std::optional<BootPhases> phases;      ///< of "ready", where the machine got so far
  unsigned runs = 1;      ///< more where it was repeated: the findings and the error are those of the first
  unsigned bad_runs = 0;  ///< of several: those that did not pass
  bool flaky() const { return bad_runs > 0 && bad_runs < runs; }
};

/// How an answer differs from what `test` expects, as far as the answer alone shows it: status, headers,
/// body, duration. An expression that is none is an error.
Result<std::vector<Finding>> judge(const SmokeTest& test, const HttpResponse& response);

/// Sends one test's request to a machine that is ready, and judges the answer and the console. A line that is
/// expected on the console may come a second after the answer.
TestResult run_smoke_test(Machine& machine, const SmokeTest& test);

struct TestRunOptions {
  StartOptions start;
  std::string filter;            ///< tests whose names contain it; empty: all
  bool skip_without_vm = false;  ///< a host that cannot run VMs skips the tests instead of failing them
  std::function<void(const TestResult&)> on_result;  ///< as soon as one is there
};

struct TestReport {
  std::string function;  ///< of the spec
  std::vector<TestResult> results;
  std::chrono::nanoseconds duration{0};

  std::size_t count(TestResult::Outcome outcome) const;
  int exit_status() const;  ///< of this report alone
};

/// 0 where all passed; 4 where an expectation failed; else the status of the first error; 77 where all were
/// skipped.
int exit_status(const std::vector<TestReport>& reports);

/// Boots the spec's machine and runs its tests one after another, against a new machine where one has ended.
/// Before them comes the test "ready"; where it fails, the others do not run and are skipped. After them,
/// where the guest does not stop well, or wherever it has ended by itself, comes the broken test "stop". An
/// interrupt ends the run and is an error; the results until then were told to on_result.
Result<TestReport> run_smoke_tests(const VmSpec& spec, const TestRunOptions& options);

}  // namespace faasc
