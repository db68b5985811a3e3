#include "launcher/repeated_run.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace faasc {
namespace {

using Outcome = TestResult::Outcome;

// What decides which run's findings are shown: an expectation that failed tells more than a guest that ended.
int badness(Outcome outcome) {
  switch (outcome) {
    case Outcome::Failed:
      return 3;
    case Outcome::Broken:
      return 2;
    case Outcome::Skipped:
      return 1;
    case Outcome::Passed:
      break;
  }
  return 0;
}

bool is_bad(const TestResult& result) {
  return result.outcome == Outcome::Failed || result.outcome == Outcome::Broken;
}

void add_run(TestResult& all, TestResult&& run) {
  all.bad_runs += is_bad(run) ? 1 : 0;
  auto longest = std::max(all.duration, run.duration);
  if (badness(run.outcome) > badness(all.outcome)) {
    run.runs = all.runs;
    run.bad_runs = all.bad_runs;
    all = std::move(run);
  }
  all.duration = longest;
}

}  // namespace

TestReport report_of_runs(std::vector<TestReport> runs) {
  if (runs.size() == 1) return std::move(runs.front());
  TestReport all;
  // Two tests may have one name; the second of that name in one run is the second in the others.
  std::map<std::pair<std::string, unsigned>, std::size_t> places;
  for (TestReport& run : runs) {
    all.function = run.function;
    all.duration += run.duration;
    std::map<std::string, unsigned> seen;
    for (TestResult& result : run.results) {
      std::pair key{result.name, seen[result.name]++};
      auto [place, is_new] = places.try_emplace(key, all.results.size());
      if (!is_new) {
        add_run(all.results[place->second], std::move(result));
        continue;
      }
      // What only some runs tell of, as that they did not stop, went well in the others.
      result.runs = static_cast<unsigned>(runs.size());
      result.bad_runs = is_bad(result) ? 1 : 0;
      all.results.push_back(std::move(result));
    }
  }
  return all;
}

}  // namespace faasc
