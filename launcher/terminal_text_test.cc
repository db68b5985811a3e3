#include "launcher/terminal_text.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

TEST(TerminalText, ShowsAndNeutralises) {
  struct Case {
    std::string_view text, shown;
  };
  using namespace std::string_view_literals;
  const Case cases[] = {
      {"plain text\tand a tab", "plain text\tand a tab"},
      {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x8e\x89",
       "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x8e\x89"},
      {"\x1b[31mred\x1b[0m \x1b[1;38;5;4mx\x1b[m", "\x1b[31mred\x1b[0m \x1b[1;38;5;4mx\x1b[m"},
      {"\x1b[2J\x1b[10;10H", "^[[2J^[[10;10H"},
      {"\x1b]0;title\a", "^[]0;title^G"},
      {"\x1b[31", "^[[31"},
      {"\x1b[", "^[["},
      {"\x1b[00000000000000000000000000000000m", "^[[00000000000000000000000000000000m"},
      {"a\rb\bc\x7f", "a^Mb^Hc^?"},
      {"a\0b"sv, "a^@b"},
      {"\xff\x80\xc3", "\\xff\\x80\\xc3"},
      {"\xc0\x9b", "\\xc0\\x9b"},  // an overlong ESC
      {"\xc2\x9b"
       "2J",
       "\\xc2\\x9b2J"},                              // C1's own ESC [
      {"\xed\xa0\x80", "\\xed\\xa0\\x80"},           // a surrogate
      {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // beyond the last code point
      {"", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(terminal_text(c.text), c.shown) << c.shown;
}

TEST(TerminalText, NoByteSequenceGetsAControlThrough) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      std::string text{static_cast<char>(first), static_cast<char>(second)};
      for (char c : terminal_text(text)) {
        auto byte = static_cast<unsigned char>(c);
        ASSERT_TRUE((byte >= 0x20 && byte != 0x7f) || byte == '\t') << first << " " << second;
      }
    }
  }
}

}  // namespace
}  // namespace faasc
