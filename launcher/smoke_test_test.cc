#include "launcher/smoke_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "launcher/codes.h"
#include "launcher/json_match.h"
#include "launcher/pattern.h"
#include "launcher/test_report.h"

namespace faasc {
namespace {

using namespace std::chrono_literals;
using Outcome = TestResult::Outcome;

std::string text_of(const JsonMismatch& mismatch) {
  return mismatch.pointer + "|" + mismatch.expected + "|" + mismatch.found;
}

TEST(JsonMatch, Subsets) {
  struct Case {
    const char *expected, *found, *mismatch;  // null: matches
  };
  const Case cases[] = {
      {"1", "1", nullptr},
      {"1", "1.0", nullptr},
      {"{}", R"({"a": 1})", nullptr},
      {R"({"b": 2, "a": 1})", R"({"a": 1, "c": 3, "b": 2})", nullptr},
      {R"([{"a": 1}])", R"([{"a": 1, "b": 2}])", nullptr},
      {"null", "null", nullptr},
      {R"({"a": {"b": [1, 2]}})", R"({"a": {"b": [1, 3]}})", "/a/b/1|2|3"},
      {R"({"a/b": 1})", R"({"a/b": 2})", "/a~1b|1|2"},
      {R"({"a": null})", "{}", "/a|null|nothing"},
      {"[1]", "[1, 2]", "|[1]|[1,2]"},
      {"[]", "{}", "|[]|{}"},
      {R"("1")", "1", R"(|"1"|1)"},
      {"true", "1", "|true|1"},
      {"1", "hello", "|1|not JSON: hello"},
      {"{", "{}", "|{ (which is not JSON)|{}"},
      {R"("x")", "\"\xff\"", "|\"x\"|not JSON: \"\xff\""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.expected) + " in " + c.found);
    auto mismatch = match_json(c.expected, c.found);
    ASSERT_EQ(mismatch.has_value(), c.mismatch != nullptr);
    if (mismatch) {
      EXPECT_EQ(text_of(*mismatch), c.mismatch);
    }
  }
}

TEST(Pattern, Searches) {
  auto found = [](const char* expression, std::string_view text) {
    auto pattern = Pattern::compile(expression);
    EXPECT_TRUE(pattern) << expression;
    return pattern && pattern->found_in(text);
  };
  EXPECT_TRUE(found("l+o", "hello"));
  EXPECT_FALSE(found("^l+o", "hello"));
  EXPECT_TRUE(found("^h.*o$", "hello"));
  EXPECT_TRUE(found(R"((\w)\1)", "hello"));  // a back reference
  EXPECT_FALSE(found(R"((\w)\1)", "abc"));
  EXPECT_TRUE(found("", ""));
  EXPECT_TRUE(found("\\d{3}", "a123"));
}

TEST(Pattern, LargeTextsAreNoTrouble) {
  std::string text(1 << 20, 'a');
  auto pattern = Pattern::compile("(a|b)*c");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE(pattern->found_in(std::string_view(text).substr(0, 2000)));
  auto whole = Pattern::compile("a.*z");
  ASSERT_TRUE(whole);
  EXPECT_TRUE(whole->found_in("a" + text.substr(0, 200'000) + "z"));
  auto back = Pattern::compile("(.)x\\1");
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->found_in(text));
}

TEST(Pattern, WhatIsNone) {
  for (const char* expression : {"(", "[", "a{2", "*"}) {
    auto pattern = Pattern::compile(expression);
    ASSERT_FALSE(pattern) << expression;
    EXPECT_EQ(pattern.error().fault, Fault::Input);
    std::string begin = "'" + std::string(expression) + "' is not a regular expression: ";
    std::string of_library = pattern.error().what.substr(std::min(begin.size(), pattern.error().what.size()));
    EXPECT_EQ(
        to_text(pattern.error(), Color::Off),
        "faasc: error: " + begin + of_library + " [FAASC0723]\n  hint: the syntax is that of ECMAScript\n");
  }
}

TEST(Judge, FindsEveryDifference) {
  HttpResponse response;
  response.status = 200;
  response.headers = {{"Content-Type", "text/plain"}, {"x-a", "1"}, {"X-A", "2"}};
  response.body = "hello\n";
  response.duration = 150ms;
  struct Case {
    SmokeTest test;
    const char* findings;
  };
  const Case cases[] = {
      {{}, ""},
      {{.status = 200,
        .expected_headers = {{"content-type", "text/plain"}, {"X-a", "2"}},
        .expected_body = "hello\n",
        .expected_body_regex = "^hel",
        .max_duration = 150ms},
       ""},
      {{.status = 404}, "status|404|200\n"},
      {{.expected_headers = {{"x-a", "3"}}}, "header 'x-a'|'3'|'1'\n"},
      {{.expected_headers = {{"x-b", ""}}}, "header 'x-b'|''|no such header\n"},
      {{.expected_body = "hello"}, "body|'hello'|'hello^J'\n"},
      {{.expected_body_json = "{}"}, "body|{}|not JSON: hello^J\n"},
      {{.expected_body_regex = "bye"}, "body|text with 'bye'|'hello^J'\n"},
      {{.max_duration = 149ms}, "duration|at most 149 ms|150.0 ms\n"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.findings);
    auto findings = judge(c.test, response);
    ASSERT_TRUE(findings);
    std::string text;
    for (const Finding& finding : *findings)
      text += finding.what + "|" + finding.expected + "|" + finding.found + "\n";
    EXPECT_EQ(text, c.findings);
  }
}

TEST(Judge, ALongBodyIsShownWhereItParts) {
  HttpResponse response;
  response.body = std::string(1000, 'a') + "b" + std::string(1000, 'c');
  auto findings = judge({.expected_body = std::string(1000, 'a') + "X" + std::string(1000, 'c')}, response);
  ASSERT_EQ(findings->size(), 1u);
  EXPECT_EQ(findings->front().what, "body from byte 980");
  std::string tail = std::string(279, 'c') + " … (1021 bytes)'";
  EXPECT_EQ(findings->front().expected, "'" + std::string(20, 'a') + "X" + tail);
  EXPECT_EQ(findings->front().found, "'" + std::string(20, 'a') + "b" + tail);
}

TestReport sample_report() {
  TestReport report;
  report.function = "or<ders";
  report.duration = 812ms;
  report.results.push_back({.name = "ready", .duration = 300ms});
  report.results.push_back({.name = "a \"b\" & 'c'",
                            .outcome = Outcome::Failed,
                            .findings = {{"status", "200", "500"}, {"body", "'<x>'", "'\\x00'"}},
                            .duration = 12'345us,
                            .console = "one\r\n\x1b[2J\x1b[31mtwo\xff\n"});
  Error error{Fault::Guest,         "FAASC0711", "the guest was ended by signal 11 (SIGSEGV)",
              {"asking for GET /"}, {},          {"last words"}};
  report.results.push_back({.name = "crash", .outcome = Outcome::Broken, .error = error, .duration = 1ms});
  report.results.push_back(
      {.name = "none", .outcome = Outcome::Skipped, .error = Error{Fault::Host, "", "no QEMU", {}, {}}});
  return report;
}

TEST(TestReport, Text) {
  std::string text;
  TestReport report = sample_report();
  for (const TestResult& result : report.results) text += to_text(result, Color::Off);
  text += summary(counts_of({report}), report.duration, Color::Off);
  EXPECT_EQ(text,
            "pass  ready  300 ms\n"
            "FAIL  a \"b\" & 'c'  12 ms\n"
            "  status\n"
            "    expected  200\n"
            "    found     500\n"
            "  body\n"
            "    expected  '<x>'\n"
            "    found     '\\x00'\n"
            "error crash  1 ms\n"
            "  faasc: error: the guest was ended by signal 11 (SIGSEGV) [FAASC0711]\n"
            "    | last words\n"
            "    while asking for GET /\n"
            "skip  none  no QEMU\n"
            "1 passed, 1 failed, 1 with errors, 1 skipped in 812 ms\n");
}

constexpr const char* kJunit = R"xml(<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="1" errors="1" skipped="1" time="0.812">
  <testsuite name="faasc.or&lt;ders" tests="4" failures="1" errors="1" skipped="1" time="0.812">
    <testcase classname="faasc.or&lt;ders" name="ready" time="0.300"/>
    <testcase classname="faasc.or&lt;ders" name="a &quot;b&quot; &amp; &apos;c&apos;" time="0.012">
      <failure message="status: expected 200, found 500" type="expectation">status: expected 200, found 500
body: expected &apos;&lt;x&gt;&apos;, found &apos;\x00&apos;
</failure>
      <system-out>one
^[[2J[31mtwo\xff
</system-out>
    </testcase>
    <testcase classname="faasc.or&lt;ders" name="crash" time="0.001">
      <error message="the guest was ended by signal 11 (SIGSEGV)" type="FAASC0711">faasc: error: the guest was ended by signal 11 (SIGSEGV) [FAASC0711]
  | last words
  while asking for GET /
</error>
    </testcase>
    <testcase classname="faasc.or&lt;ders" name="none" time="0.000">
      <skipped message="no QEMU"/>
    </testcase>
  </testsuite>
</testsuites>
)xml";

TEST(TestReport, Junit) {
  EXPECT_EQ(to_junit({sample_report()}, 812ms), kJunit);
}

TEST(TestReport, AnXmlParserReadsIt) {
  if (!find_program("xmllint")) GTEST_SKIP() << "no xmllint";
  TestReport report = sample_report();
  for (int byte = 0; byte < 256; ++byte) report.results[1].console += static_cast<char>(byte);
  report.results[1].name = report.results[1].console;
  auto finished = run({.argv = {"xmllint", "--noout", "-"}, .working_directory = {}, .environment = {}},
                      {.input = to_junit({report, report}, 1s)});
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->err, "");
  EXPECT_TRUE(finished->status.ok());
}

TEST(TestReport, ExitStatus) {
  auto status_of = [](std::vector<Outcome> outcomes, Fault fault = Fault::Guest) {
    TestReport report;
    for (Outcome outcome : outcomes)
      report.results.push_back({.name = "x", .outcome = outcome, .error = Error{fault, "", "", {}, {}}});
    return report.exit_status();
  };
  EXPECT_EQ(status_of({}), 0);
  EXPECT_EQ(status_of({Outcome::Passed, Outcome::Skipped}), 0);
  EXPECT_EQ(status_of({Outcome::Skipped, Outcome::Skipped}), 77);
  EXPECT_EQ(status_of({Outcome::Broken, Outcome::Failed}), 4);
  EXPECT_EQ(status_of({Outcome::Passed, Outcome::Broken}), 5);
  EXPECT_EQ(status_of({Outcome::Broken}, Fault::Timeout), 7);
  EXPECT_EQ(status_of({Outcome::Broken}, Fault::Host), 6);
}

}  // namespace
}  // namespace faasc
