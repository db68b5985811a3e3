#include "launcher/test_suite.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "base/file.h"
#include "launcher/machine_slots.h"
#include "launcher/repeated_run.h"
#include "launcher/test_report.h"

namespace faasc {
namespace {

using namespace std::chrono_literals;
using Outcome = TestResult::Outcome;

TestResult failed(std::string name, std::chrono::milliseconds duration = 1ms) {
  return {.name = std::move(name),
          .outcome = Outcome::Failed,
          .findings = {{"status", "200", "500"}},
          .duration = duration};
}

TestResult broken(std::string name, Fault fault = Fault::Guest) {
  return {.name = std::move(name),
          .outcome = Outcome::Broken,
          .error = Error{fault, "FAASC0710", "the guest exited with status 3", {}, {}},
          .duration = 1ms};
}

std::string text_of(const std::vector<TestReport>& reports) {
  std::string text;
  for (const TestReport& report : reports)
    for (const TestResult& result : report.results) text += to_text(result, Color::Off);
  return text + summary(counts_of(reports), 812ms, Color::Off);
}

TEST(RepeatedRun, WhatIsBadInSomeRunsIsFlaky) {
  std::vector<TestReport> runs(3);
  for (TestReport& run : runs) run.function = "f";
  runs[0].results = {{.name = "ready", .duration = 5ms}, {.name = "a"}, {.name = "b"}, {.name = "b"}};
  runs[1].results = {{.name = "ready", .duration = 9ms},
                     failed("a", 12ms),
                     {.name = "b"},
                     broken("b"),
                     broken("stop", Fault::Timeout)};
  runs[2].results = {broken("ready"), broken("a"), broken("b"), broken("b")};
  runs[2].results[0].error->what = "it was late";
  TestReport report = report_of_runs(runs);
  EXPECT_EQ(text_of({report}),
            "flaky ready  in 1 of 3 runs, 9 ms at most\n"
            "  faasc: error: it was late [FAASC0710]\n"
            "flaky a  in 2 of 3 runs, 12 ms at most\n"
            "  status\n    expected  200\n    found     500\n"
            "flaky b  in 1 of 3 runs, 1 ms at most\n"
            "  faasc: error: the guest exited with status 3 [FAASC0710]\n"
            "flaky b  in 2 of 3 runs, 1 ms at most\n"
            "  faasc: error: the guest exited with status 3 [FAASC0710]\n"
            "flaky stop  in 1 of 3 runs, 1 ms at most\n"
            "  faasc: error: the guest exited with status 3 [FAASC0710]\n"
            "5 flaky in 812 ms\n");
  EXPECT_EQ(report.exit_status(), 4);
  EXPECT_EQ(to_json_line("f", report.results[1]),
            R"({"schema":"faasc.test/1","function":"f","name":"a","outcome":"failed","ms":12,"findings":)"
            R"([{"what":"status","expected":"200","found":"500"}],"runs":3,"bad_runs":2,"flaky":true})"
            "\n");
  EXPECT_NE(to_junit({report}, 1s)
                .find("<failure message=\"in 2 of 3 runs: status: expected 200, found 500\" "
                      "type=\"flaky\">"),
            std::string::npos);
}

TEST(RepeatedRun, WhatIsAlikeInAllRunsIsNot) {
  std::vector<TestReport> runs(2);
  for (TestReport& run : runs) run.results = {{.name = "ready", .duration = 4ms}, failed("a"), broken("b")};
  EXPECT_EQ(text_of({report_of_runs(runs)}),
            "pass  ready  2 runs, 4 ms at most\n"
            "FAIL  a  in all 2 runs, 1 ms at most\n"
            "  status\n    expected  200\n    found     500\n"
            "error b  in all 2 runs, 1 ms at most\n"
            "  faasc: error: the guest exited with status 3 [FAASC0710]\n"
            "1 passed, 1 failed, 1 with errors in 812 ms\n");
  for (TestReport& run : runs)
    run.results = {{.name = "ready",
                    .outcome = Outcome::Skipped,
                    .error = Error{Fault::Host, "FAASC0701", "QEMU is not installed", {}, {}}}};
  TestReport skipped = report_of_runs(runs);
  EXPECT_EQ(text_of({skipped}), "skip  ready  QEMU is not installed\n1 skipped in 812 ms\n");
  EXPECT_EQ(skipped.exit_status(), 77);
  EXPECT_EQ(text_of({report_of_runs({runs[0]})}), text_of({runs[0]})) << "a single run is as it was";
}

TEST(TestReports, OfSeveralFunctionsGiveOneStatus) {
  auto status_of = [](std::vector<std::vector<TestResult>> results) {
    std::vector<TestReport> reports;
    for (auto& one : results) reports.emplace_back().results = std::move(one);
    return exit_status(reports);
  };
  EXPECT_EQ(status_of({}), 0);
  EXPECT_EQ(status_of({{{.name = "a"}}, {{.name = "b"}}}), 0);
  EXPECT_EQ(status_of({{{.name = "a"}}, {broken("b", Fault::Timeout)}, {broken("c")}}), 7);
  EXPECT_EQ(status_of({{broken("a", Fault::Input)}, {{.name = "b"}}}), 1);
  EXPECT_EQ(status_of({{broken("a")}, {{.name = "b"}}, {failed("c")}}), 4);
}

class TestSuite : public testing::Test {
 protected:
  TestSuite() { subjects_.resize(4); }
  void SetUp() override {
    for (std::size_t i = 0; i < subjects_.size(); ++i)
      subjects_[i].spec.name = std::string(1, static_cast<char>('a' + i));
    options_.host = {.processors = 4, .memory_bytes = std::uint64_t{1} << 40};
    options_.on_result = [&](std::size_t index, const TestResult& result) {
      told_ += subjects_[index].spec.name + ":" + result.name + " ";
    };
  }
  // Two results each, the later the earlier the subject stands.
  TestRunner runner() {
    return [&](const VmSpec& spec, const TestRunOptions& options) -> Result<TestReport> {
      int now = ++running_;
      for (int most = most_; now > most && !most_.compare_exchange_weak(most, now);) {
      }
      TestReport report;
      report.function = spec.name;
      for (const char* name : {"1", "2"}) {
        std::this_thread::sleep_for(std::chrono::milliseconds(4 * ('e' - spec.name[0])));
        report.results.push_back({.name = name});
        if (options.on_result) options.on_result(report.results.back());
      }
      --running_;
      return report;
    };
  }

  std::vector<TestSubject> subjects_;
  SuiteOptions options_;
  std::string told_;
  std::atomic<int> running_ = 0, most_ = 0;
};

TEST_F(TestSuite, TellsInOrderWhateverEndsFirst) {
  const TestRunner one = runner();
  std::atomic<bool> side_by_side = false;
  auto reports = run_test_suite(
      subjects_, options_, [&](const VmSpec& spec, const TestRunOptions& options) -> Result<TestReport> {
        // The first one goes on when another has come.
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        while (spec.name == "a" && most_ == 0 && std::chrono::steady_clock::now() < deadline)
          std::this_thread::sleep_for(1ms);
        if (spec.name == "a") side_by_side = most_ > 0;
        return one(spec, options);
      });
  ASSERT_TRUE(reports);
  EXPECT_EQ(told_, "a:1 a:2 b:1 b:2 c:1 c:2 d:1 d:2 ");
  EXPECT_EQ(reports->size(), 4u);
  EXPECT_EQ(reports->at(2).function, "c");
  EXPECT_TRUE(side_by_side);
}

TEST_F(TestSuite, HasNoMoreMachinesThanWereAskedFor) {
  options_.jobs = 1;
  ASSERT_TRUE(run_test_suite(subjects_, options_, runner()));
  EXPECT_EQ(most_, 1);
  options_.jobs = 2;
  ASSERT_TRUE(run_test_suite(subjects_, options_, runner()));
  EXPECT_LE(most_, 2);
  // Four processors hold one machine with three.
  most_ = 0;
  options_.jobs = 0;
  subjects_[1].start.vcpus = 3;
  ASSERT_TRUE(run_test_suite(subjects_, options_, runner()));
  EXPECT_EQ(most_, 1);
}

TEST_F(TestSuite, WaitsForMemory) {
  options_.jobs = 4;
  options_.host.memory_bytes = std::uint64_t{1000} << 20;
  for (TestSubject& subject : subjects_) subject.spec.memory_bytes = std::uint64_t{300} << 20;
  ASSERT_TRUE(run_test_suite(subjects_, options_, runner()));
  EXPECT_LE(most_, 2);
  // What fits nowhere runs alone.
  most_ = 0;
  subjects_[2].start.memory_bytes = std::uint64_t{5000} << 20;
  options_.host.memory_bytes = 1;
  ASSERT_TRUE(run_test_suite(subjects_, options_, runner()));
  EXPECT_EQ(most_, 1);
}

TEST_F(TestSuite, RepeatsEverySubject) {
  options_.repeat = 3;
  std::atomic<int> calls = 0;
  auto reports = run_test_suite(subjects_, options_,
                                [&](const VmSpec& spec, const TestRunOptions&) -> Result<TestReport> {
                                  TestReport report;
                                  report.results.push_back({.name = "x"});
                                  if (spec.name == "b" && ++calls == 2) report.results[0] = failed("x");
                                  return report;
                                });
  ASSERT_TRUE(reports);
  EXPECT_EQ(told_, "a:x b:x c:x d:x ");
  EXPECT_EQ(text_of({reports->at(0), reports->at(1)}),
            "pass  x  3 runs, 0 ms at most\n"
            "flaky x  in 1 of 3 runs, 1 ms at most\n  status\n    expected  200\n    found     500\n"
            "1 passed, 1 flaky in 812 ms\n");
  EXPECT_EQ(exit_status(*reports), 4);
}

TEST_F(TestSuite, WhatWasNotBuiltDoesNotRun) {
  subjects_[1].not_built = Error{Fault::Input, "FAASC0780", "'b' was not built", {}, {}};
  auto reports = run_test_suite(subjects_, options_, runner());
  ASSERT_TRUE(reports);
  EXPECT_EQ(told_, "a:1 a:2 b:build c:1 c:2 d:1 d:2 ");
  EXPECT_EQ(exit_status(*reports), 1);
}

TEST_F(TestSuite, AnErrorOfTheRunEndsIt) {
  options_.jobs = 2;
  std::atomic<int> calls = 0;
  auto reports = run_test_suite(subjects_, options_,
                                [&](const VmSpec& spec, const TestRunOptions&) -> Result<TestReport> {
                                  ++calls;
                                  if (spec.name == "a")
                                    return Error{Fault::Interrupted, "", "interrupted", {}, {}};
                                  std::this_thread::sleep_for(50ms);
                                  return TestReport{};
                                });
  ASSERT_FALSE(reports);
  EXPECT_EQ(reports.error().what, "interrupted");
  EXPECT_LE(calls, 2);
}

TEST_F(TestSuite, CountsWhatAFilterLeaves) {
  subjects_.resize(2);
  subjects_[0].spec.tests = {{.name = "adds"}, {.name = "adds more"}};
  EXPECT_EQ(count_tests(subjects_, ""), 4u);
  EXPECT_EQ(count_tests(subjects_, "adds"), 2u);
  EXPECT_EQ(count_tests(subjects_, "ready"), 2u);
  EXPECT_EQ(count_tests(subjects_, "x"), 0u);
}

TEST(HostCapacity, IsWhatTheKernelAndTheControlGroupsAllow) {
  TemporaryDirectory root = TemporaryDirectory::create(testing::TempDir(), "host").value();
  auto put = [&](const char* file, const char* text) { ASSERT_TRUE(write_file(root.path() / file, text)); };
  EXPECT_EQ(host_capacity(root.path()).memory_bytes, 0u) << "nothing is known";
  EXPECT_GE(host_capacity(root.path()).processors, 1u);
  put("proc/meminfo", "MemTotal:       16000000 kB\nMemFree:  1 kB\nMemAvailable:    2048 kB\n");
  EXPECT_EQ(host_capacity(root.path()).memory_bytes, 2u << 20);
  put("proc/self/cgroup", "1:name=systemd:/x\n0::/user.slice/job\n");
  put("sys/fs/cgroup/user.slice/job/memory.max", "max\n");
  put("sys/fs/cgroup/user.slice/job/memory.current", "5\n");
  EXPECT_EQ(host_capacity(root.path()).memory_bytes, 2u << 20);
  // The parent's limit, of which a part is used; files that are only kept in case do not count.
  put("sys/fs/cgroup/user.slice/memory.max", "1500000\n");
  put("sys/fs/cgroup/user.slice/memory.current", "900000\n");
  put("sys/fs/cgroup/user.slice/memory.stat", "anon 1\ninactive_file 400000\nactive_file 3\n");
  put("sys/fs/cgroup/user.slice/cpu.max", "100000 100000\n");
  EXPECT_EQ(host_capacity(root.path()).memory_bytes, 1'000'000u);
  EXPECT_EQ(host_capacity(root.path()).processors, 1u);
  put("sys/fs/cgroup/user.slice/cpu.max", "50000 100000\n");
  EXPECT_EQ(host_capacity(root.path()).processors, 1u) << "half a processor is one";
  put("proc/self/cgroup", "nonsense");
  EXPECT_EQ(host_capacity(root.path()).memory_bytes, 2u << 20);
}

}  // namespace
}  // namespace faasc
