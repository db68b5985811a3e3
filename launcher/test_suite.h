#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "launcher/host_capacity.h"
#include "launcher/smoke_test.h"

namespace faasc {

/// One function to test, and how its machines are started.
struct TestSubject {
  VmSpec spec;
  StartOptions start;
  /// Where it could not be built: that is its only result.
  std::optional<Error> not_built;
};

struct SuiteOptions {
  std::string filter;            ///< as in TestRunOptions
  bool skip_without_vm = false;  ///< likewise
  unsigned repeat = 1;           ///< runs of each function's tests, every one in a machine of its own
  unsigned jobs = 0;             ///< machines at a time; 0: as many as the host has processors for
  HostCapacity host;             ///< memory bounds the number, too, whatever `jobs` says
  /// In the order of the subjects and of their tests, whichever comes first: of the first subject that has
  /// not ended as soon as one is there, of those after it when their turn has come. One call at a time, from
  /// any thread.
  std::function<void(std::size_t subject, const TestResult& result)> on_result;
};

/// The number of tests whose names contain `filter`; "ready" is one of every subject's.
std::size_t count_tests(const std::vector<TestSubject>& subjects, const std::string& filter);

/// Runs the tests of every subject, those of one in their order against one machine, several machines side by
/// side. An interrupt ends all of them and is an error.
Result<std::vector<TestReport>> run_test_suite(const std::vector<TestSubject>& subjects,
                                               const SuiteOptions& options);

/// What runs one subject's tests: run_smoke_tests, but for tests of the suite itself.
using TestRunner = std::function<Result<TestReport>(const VmSpec& spec, const TestRunOptions& options)>;
Result<std::vector<TestReport>> run_test_suite(const std::vector<TestSubject>& subjects,
                                               const SuiteOptions& options, const TestRunner& runner);

}  // namespace faasc
