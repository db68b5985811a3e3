#include "base/diagnostics.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

Diagnostic sample() {
  return {.severity = Severity::Error,
          .code = "FAASC0120",
          .message = "memory '64GiB' is outside 32MiB–10240MiB",
          .place = {.file = "faas.yaml", .line = 7, .column = 11, .end_column = 16},
          .line_text = "  memory: 64GiB",
          .hint = "write 10240MiB or less",
          .notes = {}};
}

TEST(Diagnostics, TextHasPlaceLineCaretAndHint) {
  EXPECT_EQ(to_text(sample(), Color::Off),
            "faas.yaml:7:11: error: memory '64GiB' is outside 32MiB–10240MiB [FAASC0120]\n"
            "  memory: 64GiB\n"
            "          ^~~~~\n"
            "  hint: write 10240MiB or less\n");
}

TEST(Diagnostics, CaretLinesUpBehindTabsAndUtf8) {
  Diagnostic diagnostic = sample();
  diagnostic.line_text = "\té: x";
  diagnostic.place.column = 6;
  diagnostic.place.end_column = 7;
  std::string text = to_text(diagnostic, Color::Off);
  EXPECT_NE(text.find("\n\t   ^\n"), std::string::npos) << text;
}

TEST(Diagnostics, FixesAreShownBelowTheCaret) {
  Diagnostic finding;
  finding.message = "wrong";
  finding.place = {"a.cc", 3, 9, 10};
  finding.line_text = "\tstatic é(T& t)";
  finding.fixes = {{{"a.cc", 3, 2, 8}, ""}, {{"a.cc", 3, 13, 14}, "*"}};
  EXPECT_EQ(to_text(finding, Color::Off),
            "a.cc:3:9: error: wrong\n"
            "\tstatic é(T& t)\n"
            "\t       ^\n"
            "\t------    *\n");
  // In another line, or of several lines: not shown.
  finding.fixes = {{{"a.cc", 4, 2, 8}, "x"}, {{"b.cc", 3, 2, 8}, "x"}, {{"a.cc", 3, 2, 2}, "x\ny"}};
  EXPECT_EQ(to_text(finding, Color::Off),
            "a.cc:3:9: error: wrong\n"
            "\tstatic é(T& t)\n"
            "\t       ^\n");
}

TEST(Diagnostics, ControlCharactersAreNeutralised) {
  Diagnostic diagnostic = sample();
  diagnostic.line_text = "  memory: \x1b[2J";
  EXPECT_EQ(to_text(diagnostic, Color::Off).find('\x1b'), std::string::npos);
}

TEST(Diagnostics, ErrorTextHasTheChain) {
  Error error{Fault::Input,
              "FAASC0500",
              "'model.bin' needs 61 MiB but the disk has 24 MiB free",
              {"writing disk 'rootfs'", "assembling 'orders'"},
              "set image.size to 96MiB or more"};
  EXPECT_EQ(to_text(error, Color::Off),
            "faasc: error: 'model.bin' needs 61 MiB but the disk has 24 MiB free [FAASC0500]\n"
            "  while writing disk 'rootfs'\n"
            "  while assembling 'orders'\n"
            "  hint: set image.size to 96MiB or more\n");
}

TEST(Diagnostics, ErrorTextShowsTheExcerpt) {
  Error error{Fault::Guest,         "FAASC0710",       "the guest exited with status 7",
              {"running test 'a'"}, "look at the log", {"first line", "\x1b[2Jsecond"}};
  EXPECT_EQ(to_text(error, Color::Off),
            "faasc: error: the guest exited with status 7 [FAASC0710]\n"
            "  | first line\n"
            "  | ?[2Jsecond\n"
            "  while running test 'a'\n"
            "  hint: look at the log\n");
}

TEST(Diagnostics, CountsErrorsOnly) {
  Diagnostics diagnostics;
  diagnostics.add(sample());
  Diagnostic warning = sample();
  warning.severity = Severity::Warning;
  diagnostics.add(warning);
  EXPECT_EQ(diagnostics.error_count(), 1);
  EXPECT_EQ(diagnostics.all().size(), 2u);
}

TEST(Nearest, FindsTypingMistakesAndNothingElse) {
  EXPECT_EQ(nearest("memroy", {"memory", "vcpus"}), "memory");
  EXPECT_EQ(nearest("pyhton", {"python", "go", "cpp"}), "python");
  EXPECT_EQ(nearest("chekc", {"check", "clean"}), "check");  // a swap is one mistake
  EXPECT_EQ(nearest("c++", {"cpp", "go"}), "");
  EXPECT_EQ(nearest("quantum", {"memory", "vcpus"}), "");
}

}  // namespace
}  // namespace faasc
