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

}  // namespace
}  // namespace faasc
