#include "launcher/test_report.h"

#include <cstdio>
#include <string_view>

#include <nlohmann/json.hpp>

#include "launcher/terminal_text.h"

namespace faasc {
namespace {

using Outcome = TestResult::Outcome;

constexpr std::size_t kConsoleBytes = 16 * 1024;

std::string milliseconds_text(std::chrono::nanoseconds duration) {
  return std::to_string(std::chrono::round<std::chrono::milliseconds>(duration).count()) + " ms";
}

std::string seconds_text(std::chrono::nanoseconds duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", std::chrono::duration<double>(duration).count());
  return text;
}

std::string painted(std::string_view text, const char* colour, Color color) {
  if (color == Color::Off) return std::string(text);
  return std::string(colour) + std::string(text) + "\x1b[0m";
}

std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    out.append("  ").append(line).append("\n");
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return out;
}

/// Escapes what has a meaning in XML; leaves out what XML 1.0 has no way to write. `text` may be any bytes.
std::string xml(std::string_view text) {
  std::string out;
  for (char c : terminal_text(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      case '\x1b':
        break;  // of a colour; all others were made visible
      default:
        out += c;
    }
  }
  return out;
}

std::string xml_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    out += xml(line) + "\n";
  }
  return out;
}

std::string finding_text(const Finding& finding) {
  return finding.what + ": expected " + finding.expected + ", found " + finding.found;
}

// "in 3 of 10 runs", "in all 10 runs"; nothing where there was one.
std::string runs_text(const TestResult& result) {
  std::string runs = std::to_string(result.runs) + " runs";
  if (result.runs == 1) return "";
  return result.bad_runs == result.runs ? "in all " + runs
                                        : "in " + std::to_string(result.bad_runs) + " of " + runs;
}

std::string junit_case(const TestReport& report, const TestResult& result) {
  std::string out = "    <testcase classname=\"faasc." + xml(report.function) + "\" name=\"" +
                    xml(result.name) + "\" time=\"" + seconds_text(result.duration) + "\"";
  std::string inside, runs = runs_text(result);
  if (!runs.empty()) runs += ": ";
  if (result.outcome == Outcome::Failed) {
    std::string all;
    for (const Finding& finding : result.findings) all += finding_text(finding) + "\n";
    inside += "      <failure message=\"" + xml(runs + finding_text(result.findings.front())) + "\" type=\"" +
              (result.flaky() ? "flaky" : "expectation") + "\">" + xml_lines(all) + "</failure>\n";
  } else if (result.outcome == Outcome::Broken) {
    inside += "      <error message=\"" + xml(runs + result.error->what) + "\" type=\"" +
              xml(result.error->code) + "\">" + xml_lines(to_text(*result.error, Color::Off)) + "</error>\n";
  } else if (result.outcome == Outcome::Skipped) {
    inside += "      <skipped message=\"" + xml(result.error->what) + "\"/>\n";
  }
  if (!result.console.empty()) {
    std::string_view tail = result.console;
    tail.remove_prefix(tail.size() - std::min(tail.size(), kConsoleBytes));
    inside += "      <system-out>" + xml_lines(tail) + "</system-out>\n";
  }
  return out + (inside.empty() ? "/>\n" : ">\n" + inside + "    </testcase>\n");
}

}  // namespace

std::string to_text(const TestResult& result, Color color) {
  constexpr const char *kGreen = "\x1b[1;32m", *kRed = "\x1b[1;31m", *kYellow = "\x1b[1;33m";
  std::string time = milliseconds_text(result.duration);
  if (result.runs > 1) {
    std::string runs = result.bad_runs > 0 ? runs_text(result) : std::to_string(result.runs) + " runs";
    time = runs + ", " + time + " at most";
  }
  time = "  " + time;
  std::string name = terminal_text(result.name);
  std::string out;
  switch (result.outcome) {
    case Outcome::Passed:
      return painted("pass", kGreen, color) + "  " + name + time + "\n";
    case Outcome::Skipped:
      return painted("skip", kYellow, color) + "  " + name + "  " + result.error->what + "\n";
    case Outcome::Broken:
      out = painted(result.flaky() ? "flaky" : "error", kRed, color) + " ";
      return out + name + time + "\n" + indented(to_text(*result.error, color));
    case Outcome::Failed:
      break;
  }
  out = result.flaky() ? painted("flaky", kRed, color) + " " : painted("FAIL", kRed, color) + "  ";
  out += name + time + "\n";
  for (const Finding& finding : result.findings)
    out += "  " + finding.what + "\n    expected  " + finding.expected + "\n    found     " + finding.found +
           "\n";
  return out;
}

std::string to_json_line(const std::string& function, const TestResult& result) {
  constexpr const char* kOutcomes[] = {"passed", "failed", "broken", "skipped"};
  nlohmann::ordered_json json{
      {"schema", "faasc.test/1"},
      {"function", function},
      {"name", result.name},
      {"outcome", kOutcomes[static_cast<std::size_t>(result.outcome)]},
      {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(result.duration).count()}};
  if (!result.findings.empty()) {
    auto& findings = json["findings"] = nlohmann::ordered_json::array();
    for (const Finding& finding : result.findings)
      findings.push_back({{"what", finding.what}, {"expected", finding.expected}, {"found", finding.found}});
  }
  if (result.runs > 1) {
    json["runs"] = result.runs;
    json["bad_runs"] = result.bad_runs;
    json["flaky"] = result.flaky();
  }
  if (result.error) json["error"] = {{"code", result.error->code}, {"message", result.error->what}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

TestCounts counts_of(const std::vector<TestReport>& reports) {
  TestCounts counts;
  for (const TestReport& report : reports)
    for (const TestResult& result : report.results) {
      if (result.flaky())
        ++counts.flaky;
      else if (result.outcome == Outcome::Passed)
        ++counts.passed;
      else if (result.outcome == Outcome::Failed)
        ++counts.failed;
      else
        ++(result.outcome == Outcome::Broken ? counts.broken : counts.skipped);
    }
  return counts;
}

std::string summary(const TestCounts& counts, std::chrono::nanoseconds duration, Color color) {
  std::string out;
  auto add = [&](std::size_t count, const char* what) {
    if (count > 0) out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  };
  add(counts.passed, "passed");
  add(counts.flaky, "flaky");
  add(counts.failed, "failed");
  add(counts.broken, "with errors");
  add(counts.skipped, "skipped");
  bool bad = counts.flaky + counts.failed + counts.broken > 0;
  return painted(out, bad ? "\x1b[1;31m" : "\x1b[1;32m", color) + " in " + milliseconds_text(duration) + "\n";
}

std::string to_junit(const std::vector<TestReport>& reports, std::chrono::nanoseconds duration) {
  auto attributes = [](const std::vector<const TestReport*>& list, std::chrono::nanoseconds time) {
    std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
    for (const TestReport* report : list) {
      tests += report->results.size();
      failures += report->count(Outcome::Failed);
      errors += report->count(Outcome::Broken);
      skipped += report->count(Outcome::Skipped);
    }
    return " tests=\"" + std::to_string(tests) + "\" failures=\"" + std::to_string(failures) +
           "\" errors=\"" + std::to_string(errors) + "\" skipped=\"" + std::to_string(skipped) +
           "\" time=\"" + seconds_text(time) + "\"";
  };
  std::vector<const TestReport*> all;
  for (const TestReport& report : reports) all.push_back(&report);
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attributes(all, duration) + ">\n";
  for (const TestReport* report : all) {
    out += "  <testsuite name=\"faasc." + xml(report->function) + "\"" +
           attributes({report}, report->duration) + ">\n";
    for (const TestResult& result : report->results) out += junit_case(*report, result);
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace faasc
