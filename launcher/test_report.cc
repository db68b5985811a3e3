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

std::string junit_case(const TestReport& report, const TestResult& result) {
  std::string out = "    <testcase classname=\"faasc." + xml(report.function) + "\" name=\"" +
                    xml(result.name) + "\" time=\"" + seconds_text(result.duration) + "\"";
  std::string inside;
  if (result.outcome == Outcome::Failed) {
    std::string all;
    for (const Finding& finding : result.findings) all += finding_text(finding) + "\n";
    inside += "      <failure message=\"" + xml(finding_text(result.findings.front())) +
              "\" type=\"expectation\">" + xml_lines(all) + "</failure>\n";
  } else if (result.outcome == Outcome::Broken) {
    inside += "      <error message=\"" + xml(result.error->what) + "\" type=\"" + xml(result.error->code) +
              "\">" + xml_lines(to_text(*result.error, Color::Off)) + "</error>\n";
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
  std::string time = "  " + milliseconds_text(result.duration) + "\n";
  std::string name = terminal_text(result.name);
  switch (result.outcome) {
    case Outcome::Passed:
      return painted("pass", kGreen, color) + "  " + name + time;
    case Outcome::Skipped:
      return painted("skip", kYellow, color) + "  " + name + "  " + result.error->what + "\n";
    case Outcome::Broken:
      return painted("error", kRed, color) + " " + name + time + indented(to_text(*result.error, color));
    case Outcome::Failed:
      break;
  }
  std::string out = painted("FAIL", kRed, color) + "  " + name + time;
  for (const Finding& finding : result.findings)
    out += "  " + finding.what + "\n    expected  " + finding.expected + "\n    found     " + finding.found +
           "\n";
  return out;
}

std::string to_json_line(const TestResult& result) {
  constexpr const char* kOutcomes[] = {"passed", "failed", "broken", "skipped"};
  nlohmann::ordered_json json{
      {"schema", "faasc.test/1"},
      {"name", result.name},
      {"outcome", kOutcomes[static_cast<std::size_t>(result.outcome)]},
      {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(result.duration).count()}};
  if (!result.findings.empty()) {
    auto& findings = json["findings"] = nlohmann::ordered_json::array();
    for (const Finding& finding : result.findings)
      findings.push_back({{"what", finding.what}, {"expected", finding.expected}, {"found", finding.found}});
  }
  if (result.error) json["error"] = {{"code", result.error->code}, {"message", result.error->what}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string summary(const TestReport& report, Color color) {
  std::string out;
  auto add = [&](Outcome outcome, const char* what) {
    if (std::size_t count = report.count(outcome); count > 0)
      out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  };
  add(Outcome::Passed, "passed");
  add(Outcome::Failed, "failed");
  add(Outcome::Broken, "with errors");
  add(Outcome::Skipped, "skipped");
  bool bad = report.count(Outcome::Failed) + report.count(Outcome::Broken) > 0;
  return painted(out, bad ? "\x1b[1;31m" : "\x1b[1;32m", color) + " in " +
         milliseconds_text(report.duration) + "\n";
}

std::string to_junit(const TestReport& report) {
  std::string counts = " tests=\"" + std::to_string(report.results.size()) + "\" failures=\"" +
                       std::to_string(report.count(Outcome::Failed)) + "\" errors=\"" +
                       std::to_string(report.count(Outcome::Broken)) + "\" skipped=\"" +
                       std::to_string(report.count(Outcome::Skipped)) + "\" time=\"" +
                       seconds_text(report.duration) + "\"";
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + counts +
                    ">\n  <testsuite name=\"faasc." + xml(report.function) + "\"" + counts + ">\n";
  for (const TestResult& result : report.results) out += junit_case(report, result);
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace faasc
