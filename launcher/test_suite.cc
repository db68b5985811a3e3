#include "launcher/test_suite.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "launcher/machine_slots.h"
#include "launcher/repeated_run.h"

namespace faasc {
namespace {

class Suite {
 public:
  Suite(const std::vector<TestSubject>& subjects, const SuiteOptions& options, const TestRunner& runner)
      : subjects_(subjects), options_(options), runner_(runner), slots_(options.host) {
    repeat_ = std::max(1u, options.repeat);
    progress_.resize(subjects.size());
    for (std::size_t i = 0; i < subjects.size(); ++i) progress_[i].runs.resize(repeat_);
  }

  Result<std::vector<TestReport>> run() {
    unsigned vcpus = 1;
    for (const TestSubject& subject : subjects_)
      vcpus = std::max(vcpus, subject.start.vcpus.value_or(subject.spec.vcpus));
    std::size_t jobs = options_.jobs != 0 ? options_.jobs : machines_side_by_side(options_.host, vcpus);
    jobs = std::min(jobs, subjects_.size() * repeat_);
    // A machine ends with the thread that started it, which is this one as long as it is enough.
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < jobs; ++i) threads.emplace_back([this] { work(); });
    work();
    for (std::thread& thread : threads) thread.join();
    if (failure_) return std::move(*failure_);
    std::vector<TestReport> reports;
    for (Progress& progress : progress_) reports.push_back(std::move(progress.report));
    return reports;
  }

 private:
  struct Progress {
    std::vector<TestReport> runs;
    unsigned done = 0;
    bool ended = false;
    TestReport report;                  // once it has ended
    std::vector<TestResult> told_late;  // results that have to wait for the subjects before this one
  };

  void work() {
    for (;;) {
      std::size_t item = next_++;
      if (item >= subjects_.size() * repeat_ || stopped_) return;
      run_one(item / repeat_, item % repeat_);
    }
  }

  void run_one(std::size_t index, std::size_t run) {
    const TestSubject& subject = subjects_[index];
    TestRunOptions options{.start = subject.start,
                           .filter = options_.filter,
                           .skip_without_vm = options_.skip_without_vm,
                           .on_result = {}};
    if (repeat_ == 1) options.on_result = [&](const TestResult& result) { tell(index, result); };
    Result<TestReport> report = [&]() -> Result<TestReport> {
      if (subject.not_built) return report_of_refusal(subject, options);
      auto slot = slots_.take(options.start.memory_bytes.value_or(subject.spec.memory_bytes));
      // Whoever had to wait may no longer be wanted.
      FAASC_CHECK(check_stopped());
      return runner_(subject.spec, options);
    }();
    std::lock_guard lock(mutex_);
    if (!report) {
      stopped_ = true;
      if (!failure_) failure_ = std::move(report).error();
      return;
    }
    Progress& progress = progress_[index];
    progress.runs[run] = std::move(*report);
    if (++progress.done < repeat_) return;
    progress.report = report_of_runs(std::move(progress.runs));
    if (repeat_ > 1) progress.told_late = progress.report.results;
    progress.ended = true;
    tell_what_waited();
  }

  Result<void> check_stopped() {
    if (!stopped_) return {};
    std::lock_guard lock(mutex_);
    return *failure_;
  }

  static TestReport report_of_refusal(const TestSubject& subject, const TestRunOptions& options) {
    TestResult result{.name = "build", .outcome = TestResult::Outcome::Broken, .error = subject.not_built};
    if (options.on_result) options.on_result(result);
    TestReport report;
    report.function = subject.spec.name;
    report.results.push_back(std::move(result));
    return report;
  }

  void tell(std::size_t index, const TestResult& result) {
    std::lock_guard lock(mutex_);
    if (index != front_)
      progress_[index].told_late.push_back(result);
    else if (options_.on_result)
      options_.on_result(index, result);
  }

  // With the mutex held.
  void tell_what_waited() {
    for (; front_ < subjects_.size(); ++front_) {
      Progress& progress = progress_[front_];
      for (const TestResult& result : std::exchange(progress.told_late, {}))
        if (options_.on_result) options_.on_result(front_, result);
      if (!progress.ended) return;
    }
  }

  const std::vector<TestSubject>& subjects_;
  const SuiteOptions& options_;
  const TestRunner& runner_;
  MachineSlots slots_;
  unsigned repeat_ = 1;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::vector<Progress> progress_;
  std::size_t front_ = 0;  // the first subject that has not ended
  std::optional<Error> failure_;
};

}  // namespace

std::size_t count_tests(const std::vector<TestSubject>& subjects, const std::string& filter) {
  std::size_t count = 0;
  auto matches = [&](std::string_view name) { return name.find(filter) != std::string_view::npos; };
  for (const TestSubject& subject : subjects) {
    count += matches("ready") ? 1 : 0;
    for (const SmokeTest& test : subject.spec.tests) count += matches(test.name) ? 1 : 0;
  }
  return count;
}

Result<std::vector<TestReport>> run_test_suite(const std::vector<TestSubject>& subjects,
                                               const SuiteOptions& options, const TestRunner& runner) {
  return Suite(subjects, options, runner).run();
}

Result<std::vector<TestReport>> run_test_suite(const std::vector<TestSubject>& subjects,
                                               const SuiteOptions& options) {
  return run_test_suite(subjects, options, run_smoke_tests);
}

}  // namespace faasc
