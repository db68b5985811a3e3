#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/file.h"

// Every code that a codes.h declares has a test that compares a message with this code as a whole: as it is
// printed, with what it says before the code and with the lines below it. Where that is the case can be seen
// in the tests themselves: a whole message has its code at the end of a line.
//
//   in a golden file   error: … [FAASC0120]
//                      ::error title=FAASC0843::…
//   in a test          "… [FAASC0120]\n…", in a statement that looks for no part of a text

namespace faasc {
namespace {

namespace fs = std::filesystem;

std::set<std::string> codes_at_line_ends(std::string_view text, std::string_view line_end) {
  std::set<std::string> codes;
  const std::string_view prefix = "[FAASC";
  for (std::size_t at = text.find(prefix); at != std::string_view::npos; at = text.find(prefix, at + 1)) {
    std::string_view code = text.substr(at + 1, 9), rest = text.substr(std::min(text.size(), at + 10));
    if (rest.starts_with(std::string("]").append(line_end))) codes.emplace(code);
  }
  return codes;
}

/// Of what is said to GitHub, each a line with all that the message has.
std::set<std::string> codes_of_annotations(std::string_view text) {
  std::set<std::string> codes;
  static const std::regex annotation("(^|\\n)::(error|warning|notice) [^:\\n]*title=(FAASC\\d{4})::");
  for (std::cregex_iterator match(text.data(), text.data() + text.size(), annotation), end; match != end;
       ++match)
    codes.insert((*match)[3]);
  return codes;
}

/// One statement of C++: what is in its string literals, one after the other, and all else.
struct Statement {
  std::string code, literals;
};

/// Up to semicolons that are in no literal and no comment. Knows what the tests use: no raw string has a
/// delimiter with a parenthesis in it.
std::vector<Statement> statements_of(std::string_view source) {
  std::vector<Statement> statements(1);
  for (std::size_t i = 0; i < source.size(); ++i) {
    std::string_view rest = source.substr(i);
    if (rest.starts_with("//")) {
      i += std::min(rest.find('\n'), rest.size() - 1);
    } else if (rest.starts_with("R\"")) {
      std::size_t open = rest.find('(');
      std::string close = ")" + std::string(rest.substr(2, open - 2)) + "\"";
      std::size_t end = std::min(rest.find(close), rest.size() - close.size());
      for (char c : rest.substr(open + 1, end - open - 1))
        c == '\n' ? statements.back().literals.append("\\n") : statements.back().literals.append(1, c);
      i += end + close.size() - 1;
    } else if (rest[0] == '"' ||
               (rest[0] == '\'' && !(i > 0 && std::isalnum(static_cast<unsigned char>(source[i - 1]))))) {
      std::size_t end = 1;
      while (end < rest.size() && rest[end] != rest[0]) end += rest[end] == '\\' ? 2 : 1;
      if (rest[0] == '"') statements.back().literals.append(rest.substr(1, end - 1));
      i += end;
    } else if (rest[0] == ';') {
      statements.emplace_back();
    } else {
      statements.back().code += rest[0];
    }
  }
  return statements;
}

bool looks_for_a_part(const Statement& statement) {
  static const std::regex parts(
      R"(\b(EXPECT_NE|ASSERT_NE|npos|contains|starts_with|ends_with|HasSubstr|StartsWith|EndsWith|ContainsRegex|MatchesRegex)\b)");
  return std::regex_search(statement.code, parts);
}

std::set<std::string> compared_in_test(std::string_view source) {
  std::set<std::string> codes;
  for (const Statement& statement : statements_of(source)) {
    if (!looks_for_a_part(statement)) codes.merge(codes_at_line_ends(statement.literals, "\\n"));
  }
  return codes;
}

std::set<std::string> compared_anywhere(const fs::path& source) {
  std::set<std::string> codes;
  for (const char* room : {"base", "manifests", "packager", "launcher", "compiler", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(source / room)) {
      std::string path = entry.path().lexically_relative(source);
      bool is_golden = path.starts_with("tests/data/") &&
                       (path.ends_with(".expected") || path.ends_with(".report") || path.ends_with(".txt"));
      if (path.ends_with("_test.cc")) codes.merge(compared_in_test(read_file(entry.path()).value()));
      if (!is_golden) continue;
      std::string golden = read_file(entry.path()).value();
      codes.merge(codes_at_line_ends(golden, "\n"));
      codes.merge(codes_of_annotations(golden));
    }
  }
  return codes;
}

/// code → the constant that stands for it, of every header.
std::map<std::string, std::string> declared_codes(const fs::path& source) {
  std::regex declaration(R"(const char\* (k\w+)\s*=\s*"(FAASC\d{4})\")");
  std::map<std::string, std::string> codes;
  for (const char* room : {"base", "manifests", "packager", "launcher", "compiler"}) {
    for (const auto& entry : fs::recursive_directory_iterator(source / room)) {
      if (entry.path().extension() != ".h") continue;
      std::string text = read_file(entry.path()).value();
      for (std::sregex_iterator match(text.begin(), text.end(), declaration), end; match != end; ++match)
        codes[(*match)[2]] = (*match)[1];
    }
  }
  return codes;
}

TEST(MessageCoverage, EveryCodeIsComparedWhole) {
  fs::path source = FAASC_SOURCE_DIR;
  std::map<std::string, std::string> declared = declared_codes(source);
  EXPECT_GT(declared.size(), 250u);
  std::set<std::string> compared = compared_anywhere(source);
  for (const auto& [code, constant] : declared)
    EXPECT_TRUE(compared.contains(code))
        << code << " (" << constant << "): no test compares a whole message with this code";
}

TEST(MessageCoverage, KnowsAWholeMessageFromAPart) {
  using Codes = std::set<std::string>;
  struct Case {
    const char* source;
    Codes codes;
  };
  const Case cases[] = {
      {R"x(EXPECT_EQ(text(error), "faasc: error: no; none [FAASC0001]\n  hint: x\n");)x", {"FAASC0001"}},
      {R"x(EXPECT_EQ(error.what + " [" + error.code + "]", "no [FAASC0001]");)x", {}},
      {R"x(EXPECT_EQ(error.code, "FAASC0001");)x", {}},
      {R"x(EXPECT_NE(text.find("no [FAASC0001]\n"), npos);)x", {}},
      {R"x(EXPECT_TRUE(text.starts_with("no [FAASC0001]\n"));)x", {}},
      {R"x(EXPECT_THAT(text, HasSubstr("a;" "no [FAASC0001]\n"));)x", {}},
      {R"x(auto said = [](auto what) { return what + " [FAASC0001]\n"; };)x", {"FAASC0001"}},
      {R"x(// EXPECT_EQ(text, "no [FAASC0001]\n");)x", {}},
      {R"x(Case cases[] = {{"a", "no [FAASC0001]" "\n" + hint}, {"b", "no [FAASC0002]\n"}};)x",
       {"FAASC0001", "FAASC0002"}},
      {"EXPECT_EQ(text, R\"(no [FAASC0001]\n)\");", {"FAASC0001"}},
      {R"x(int thousand = 1'000; EXPECT_EQ(text, "no [FAASC0001]\n"); f(2'000);)x", {"FAASC0001"}},
      {R"x(char quote = '"'; EXPECT_EQ(text, "no [FAASC0001]\n"); a.find('x');)x", {"FAASC0001"}},
  };
  for (const Case& c : cases) EXPECT_EQ(compared_in_test(c.source), c.codes) << c.source;
  EXPECT_EQ(codes_at_line_ends("a [FAASC0001]\n[FAASC0002] b\n[FAASC0003]", "\n"), Codes{"FAASC0001"});
  EXPECT_EQ(codes_of_annotations("x\n::error file=a,title=FAASC0001::no\ntitle=FAASC0002::\n"),
            Codes{"FAASC0001"});
}

}  // namespace
}  // namespace faasc
