#include "launcher/smoke_test.h"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "launcher/json_match.h"
#include "launcher/pattern.h"
#include "launcher/terminal_text.h"

namespace faasc {
namespace {

using Clock = std::chrono::steady_clock;
using Outcome = TestResult::Outcome;

constexpr std::size_t kLongestShown = 300;
constexpr auto kLogPatience = std::chrono::seconds(1);
constexpr auto kLogInterval = std::chrono::milliseconds(10);
constexpr std::size_t kTestConsoleBytes = std::size_t{1} << 20;

/// A value as it is shown in a finding: one line, harmless, not endless.
std::string shown(std::string_view value) {
  std::string text = terminal_text(value.substr(0, kLongestShown));
  if (value.size() > kLongestShown) text += " … (" + std::to_string(value.size()) + " bytes)";
  return text;
}

std::string in_quotes(std::string_view value) {
  return "'" + shown(value) + "'";
}

std::string milliseconds_text(std::chrono::nanoseconds duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ms", std::chrono::duration<double, std::milli>(duration).count());
  return text;
}

/// Both sides of a difference between two texts, from a little before the place where they part.
Finding body_finding(const std::string& expected, const std::string& found) {
  constexpr std::size_t kContext = 20;
  auto parted = std::mismatch(expected.begin(), expected.end(), found.begin(), found.end());
  auto at = static_cast<std::size_t>(parted.first - expected.begin());
  if (at <= kLongestShown / 2) return {"body", in_quotes(expected), in_quotes(found)};
  std::size_t from = at - kContext;
  return {"body from byte " + std::to_string(from), in_quotes(std::string_view(expected).substr(from)),
          in_quotes(std::string_view(found).substr(from))};
}

bool found_in_a_line(const Pattern& pattern, std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (pattern.found_in(line)) return true;
  }
  return false;
}

Result<std::optional<Finding>> judge_log(Machine& machine, const std::string& expression,
                                         std::uint64_t from) {
  FAASC_TRY(Pattern pattern, Pattern::compile(expression));
  for (auto deadline = Clock::now() + kLogPatience;;) {
    std::string text = machine.console().since(from);
    if (found_in_a_line(pattern, text)) return std::optional<Finding>();
    if (Clock::now() >= deadline)
      return std::optional<Finding>(
          {"log", "a line with '" + expression + "'", text.empty() ? "nothing printed" : in_quotes(text)});
    std::this_thread::sleep_for(kLogInterval);
  }
}

void settle(TestResult& result, Error error) {
  result.outcome = Outcome::Broken;
  result.error = std::move(error);
}

class TestRun {
 public:
  TestRun(const VmSpec& spec, const TestRunOptions& options) : spec_(spec), options_(options) {
    options_.start.console_tail_bytes = std::max(options_.start.console_tail_bytes, kTestConsoleBytes);
    report_.function = spec.name;
  }

  Result<TestReport> run() {
    auto start = Clock::now();
    TestResult ready = boot();
    bool runs = ready.outcome == Outcome::Passed;
    FAASC_CHECK(add(std::move(ready)));
    for (const SmokeTest& test : spec_.tests) {
      if (test.name.find(options_.filter) == std::string::npos) continue;
      TestResult result;
      if (runs) {
        FAASC_CHECK(tell_of_early_end());
        if (machine_->ended()) result = boot();
        if (result.outcome == Outcome::Passed) result = run_smoke_test(*machine_, test);
        told_of_end_ = result.outcome == Outcome::Broken;
        last_ = test.name;
      } else {
        result.outcome = Outcome::Skipped;
        result.error = not_run();
      }
      result.name = test.name;
      FAASC_CHECK(add(std::move(result)));
    }
    if (runs) FAASC_CHECK(stop());
    report_.duration = Clock::now() - start;
    return std::move(report_);
  }

 private:
  TestResult boot() {
    auto start = Clock::now();
    TestResult result{.name = "ready"};
    machine_.reset();
    auto machine = Machine::start(spec_, options_.start);
    if (!machine) {
      settle(result, std::move(machine).error());
      if (options_.skip_without_vm && result.error->fault == Fault::Host) result.outcome = Outcome::Skipped;
    } else {
      machine_.emplace(std::move(*machine));
      if (auto ready = machine_->wait_ready(); !ready) settle(result, std::move(ready).error());
      result.phases = machine_->phases();
      result.console = machine_->console().tail();
    }
    result.duration = Clock::now() - start;
    return result;
  }

  /// Why no test runs where the machine did not get ready.
  Error not_run() const {
    const TestResult& ready = report_.results.front();
    if (ready.outcome == Outcome::Skipped) return *ready.error;
    Error error = *ready.error;
    error.what = "not run, because the guest did not get ready";
    return error;
  }

  /// A guest that answers well and ends by itself afterwards is as bad as one that does not answer.
  Result<void> tell_of_early_end() {
    if (told_of_end_ || !machine_->ended()) return {};
    TestResult result{.name = "stop"};
    settle(result, machine_->error_of_end());
    if (!last_.empty()) result.error->during.push_back("after test '" + last_ + "'");
    result.console = machine_->console().tail();
    return add(std::move(result));
  }

  Result<void> stop() {
    FAASC_CHECK(tell_of_early_end());
    if (machine_->ended()) return {};
    auto start = Clock::now();
    std::uint64_t from = machine_->console().position();
    TestResult result{.name = "stop"};
    auto error = machine_->error_of(machine_->stop());
    if (!error) return {};
    settle(result, std::move(*error));
    result.console = machine_->console().since(from);
    result.duration = Clock::now() - start;
    return add(std::move(result));
  }

  Result<void> add(TestResult result) {
    if (result.error && result.error->fault == Fault::Interrupted) return *result.error;
    if (options_.on_result) options_.on_result(result);
    report_.results.push_back(std::move(result));
    return {};
  }

  const VmSpec& spec_;
  TestRunOptions options_;
  std::optional<Machine> machine_;
  bool told_of_end_ = false;  // the machine's end, if it has ended, is in a result
  std::string last_;          // the test that ran last
  TestReport report_;
};

}  // namespace

Result<std::vector<Finding>> judge(const SmokeTest& test, const HttpResponse& response) {
  std::vector<Finding> findings;
  if (test.status && *test.status != response.status)
    findings.push_back({"status", std::to_string(*test.status), std::to_string(response.status)});
  for (const auto& [name, value] : test.expected_headers) {
    auto has = [&, &key = name, &wanted = value](const auto& header) {
      return same_header(header.first, key) && header.second == wanted;
    };
    if (std::any_of(response.headers.begin(), response.headers.end(), has)) continue;
    bool there = std::any_of(response.headers.begin(), response.headers.end(),
                             [&, &key = name](const auto& header) { return same_header(header.first, key); });
    findings.push_back({"header '" + name + "'", in_quotes(value),
                        there ? in_quotes(response.header(name)) : "no such header"});
  }
  if (test.expected_body && *test.expected_body != response.body)
    findings.push_back(body_finding(*test.expected_body, response.body));
  if (test.expected_body_json) {
    if (auto mismatch = match_json(*test.expected_body_json, response.body))
      findings.push_back({"body" + (mismatch->pointer.empty() ? "" : " at " + mismatch->pointer),
                          shown(mismatch->expected), shown(mismatch->found)});
  }
  if (test.expected_body_regex) {
    FAASC_TRY(Pattern pattern, Pattern::compile(*test.expected_body_regex));
    if (!pattern.found_in(response.body))
      findings.push_back({"body", "text with '" + *test.expected_body_regex + "'", in_quotes(response.body)});
  }
  if (test.max_duration && response.duration > *test.max_duration)
    findings.push_back({"duration", "at most " + std::to_string(test.max_duration->count()) + " ms",
                        milliseconds_text(response.duration)});
  return findings;
}

TestResult run_smoke_test(Machine& machine, const SmokeTest& test) {
  TestResult result{.name = test.name};
  std::string during = "running test '" + test.name + "'";
  std::uint64_t from = machine.console().position();
  auto start = Clock::now();
  auto finish = [&] {
    result.duration = Clock::now() - start;
    result.console = machine.console().since(from);
    if (!result.findings.empty()) result.outcome = Outcome::Failed;
    return result;
  };

  auto response = machine.request(
      {.method = test.method, .target = test.path, .headers = test.headers, .body = test.body});
  if (!response) {
    settle(result, std::move(std::move(response).during(during)).error());
    return finish();
  }
  auto findings = judge(test, *response);
  if (!findings) {
    settle(result, std::move(std::move(findings).during(during)).error());
    return finish();
  }
  result.findings = std::move(*findings);
  if (test.expected_log_regex) {
    auto finding = judge_log(machine, *test.expected_log_regex, from);
    if (!finding) {
      settle(result, std::move(std::move(finding).during(during)).error());
      return finish();
    }
    if (*finding) result.findings.push_back(std::move(**finding));
  }
  return finish();
}

std::size_t TestReport::count(TestResult::Outcome outcome) const {
  return static_cast<std::size_t>(std::count_if(
      results.begin(), results.end(), [&](const TestResult& result) { return result.outcome == outcome; }));
}

int TestReport::exit_status() const {
  return faasc::exit_status(std::vector{*this});
}

int exit_status(const std::vector<TestReport>& reports) {
  constexpr int kAllSkipped = 77;
  std::size_t passed = 0, skipped = 0;
  const Error* first = nullptr;
  for (const TestReport& report : reports) {
    if (report.count(Outcome::Failed) > 0) return faasc::exit_status(Fault::Test);
    passed += report.count(Outcome::Passed);
    skipped += report.count(Outcome::Skipped);
    for (const TestResult& result : report.results)
      if (first == nullptr && result.outcome == Outcome::Broken) first = &*result.error;
  }
  if (first != nullptr) return faasc::exit_status(first->fault);
  return passed == 0 && skipped > 0 ? kAllSkipped : 0;
}

Result<TestReport> run_smoke_tests(const VmSpec& spec, const TestRunOptions& options) {
  return TestRun(spec, options).run();
}

}  // namespace faasc
