#include "manifests/utf8.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

TEST(Utf8, FindsTheFirstBadByte) {
  EXPECT_EQ(find_invalid_utf8(""), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("ab\x80"), 2u);  // a continuation with nothing to continue
  EXPECT_EQ(find_invalid_utf8("a\xC3"), 1u);   // cut short
  EXPECT_EQ(find_invalid_utf8("a\xC3z"), 1u);
  EXPECT_EQ(find_invalid_utf8("\xC0\xAF"), 0u);          // overlong
  EXPECT_EQ(find_invalid_utf8("\xE0\x80\xAF"), 0u);      // overlong
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0u);      // a surrogate
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0u);  // beyond U+10FFFF
  EXPECT_EQ(find_invalid_utf8("\xF5\x80\x80\x80"), 0u);
}

TEST(Utf8, JoinsSurrogates) {
  std::string text = "a\xED\xA0\xBD\xED\xB8\x80z";
  join_surrogates(text);
  EXPECT_EQ(text, "a\xF0\x9F\x98\x80z");
  std::string lone = "\xED\xA0\xBDx\xED\xB8\x80";
  join_surrogates(lone);
  EXPECT_EQ(lone, "\xED\xA0\xBDx\xED\xB8\x80");
}

TEST(Utf8, TellsWhatAReaderOfYamlCannotSee) {
  struct Case {
    const char* text;
    char32_t value;
    std::size_t length;
    bool printable, false_space;
    const char* name;
  };
  const Case cases[] = {{"a", 'a', 1, true, false, "U+0061"},
                        {"\n", '\n', 1, true, false, "U+000A"},
                        {"\x1B", 0x1B, 1, false, false, "U+001B"},
                        {"\x7F", 0x7F, 1, false, false, "U+007F"},
                        {"\xC2\x80", 0x80, 2, false, false, "U+0080"},
                        {"\xC2\xA0", 0xA0, 2, true, true, "U+00A0"},
                        {"\xE2\x80\x8B", 0x200B, 3, true, true, "U+200B"},
                        {"\xEF\xBB\xBF", 0xFEFF, 3, false, true, "U+FEFF"},
                        {"\xEF\xBF\xBE", 0xFFFE, 3, false, false, "U+FFFE"},
                        {"\xF0\x9F\x98\x80", 0x1F600, 4, true, false, "U+1F600"}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    CodePoint point = first_code_point(std::string(one.text) + "z");
    EXPECT_EQ(point.value, one.value);
    EXPECT_EQ(point.length, one.length);
    EXPECT_EQ(is_yaml_printable(point.value), one.printable);
    EXPECT_EQ(is_false_space(point.value), one.false_space);
    EXPECT_EQ(code_point_name(point.value), one.name);
  }
}

}  // namespace
}  // namespace faasc
