#include "src/encodings.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "src/log.h"
#include "src/timestamp.h"
#include "src/utf8.h"

namespace faasc::rt {
namespace {

using namespace std::string_literals;

TEST(Base64, Decodes) {
  std::pair<char const*, std::string> const good[] = {{"", ""},
                                                      {"Zg==", "f"},
                                                      {"Zg", "f"},
                                                      {"Zm8=", "fo"},
                                                      {"Zm8", "fo"},
                                                      {"Zm9v", "foo"},
                                                      {"Zm9vYg=", "foob"},
                                                      {"Zm9vYmFy", "foobar"},
                                                      {"/+8A", "\xFF\xEF\0"s}};
  for (auto const& [text, bytes] : good) EXPECT_EQ(decode_base64(text), bytes) << text;
  for (char const* const text : {"Z", "Zm9vY", "Zm 9v", "Zm9v\n", "Zm9v===", "Z=9v", "Zm-_", "Zm9\xC3"}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
}

TEST(HeaderValue, IsUnquotedThenPercentDecodedOnce) {
  std::pair<char const*, std::string> const good[] = {
      {"plain", "plain"},
      {"", ""},
      {"a%20b", "a b"},
      {"Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro \xE2\x82\xAC \xF0\x9F\x98\x80"},
      {"%2520", "%20"},
      {"%e2%82%ac", "\xE2\x82\xAC"},
      {"\"quoted\"", "quoted"},
      {"\"a\\\"b\\\\c\"", "a\"b\\c"},
      {"\"a%22b\"", "a\"b"},
      {"100%", "100%"},
      {"%zz", "%zz"},
      {"%2", "%2"},
      {"\"", "\""},
      {"a\"b\"", "a\"b\""},
      {"caf\xC3\xA9", "caf\xC3\xA9"},
      {"%00", "\0"s}};
  for (auto const& [text, value] : good) EXPECT_EQ(decode_header_value(text), value) << text;
  for (char const* const text : {"%FF", "%C3", "%C0%80", "%ED%A0%80", "%F4%90%80%80", "caf\xE9"}) {
    EXPECT_EQ(decode_header_value(text), std::nullopt) << text;
  }
}

TEST(Utf8, AcceptsWhatRfc3629Allows) {
  for (std::string const text : {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                                 "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (std::string const text :
       {"\x80", "\xC0\xAF", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(JsonString, IsAlwaysValid) {
  std::pair<std::string, std::string> const cases[] = {
      {"", R"("")"},
      {"plain", R"("plain")"},
      {"\"\\/", R"("\"\\/")"},
      {"\n\r\t\b\x1F\0"s, R"("\n\r\t\u0008\u001f\u0000")"},
      {"\x7F", "\"\x7F\""},
      {"caf\xC3\xA9", "\"caf\xC3\xA9\""},
      {"a\xFF\xC3z", "\"a\xEF\xBF\xBD\xEF\xBF\xBDz\""},
  };
  for (auto const& [text, json] : cases) {
    std::string out;
    append_json_string(out, text);
    EXPECT_EQ(out, json);
  }
}

TEST(Timestamp, IsNanosecondsSince1970) {
  std::pair<char const*, std::int64_t> const good[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:00.000000001Z", 1},
      {"1970-01-01T00:00:00.0000000019Z", 1},
      {"1969-12-31T23:59:59.5Z", -500000000},
      {"2020-01-22T12:34:56.78Z", 1579696496780000000},
      {"2020-01-22t12:34:56.780000z", 1579696496780000000},
      {"2020-01-22 12:34:56.78Z", 1579696496780000000},
      {"2020-01-22T13:34:56.78+01:00", 1579696496780000000},
      {"2020-01-22T04:04:56.78-08:30", 1579696496780000000},
      {"2000-02-29T00:00:00Z", 951782400000000000},
      {"2016-12-31T23:59:60Z", 1483228800000000000},
      {"2262-04-11T23:47:16.854775807Z", INT64_MAX},
      {"1700-01-01T00:00:00Z", -8520336000000000000},
  };
  for (auto const& [text, value] : good) EXPECT_EQ(parse_timestamp(text), value) << text;
  for (char const* const text : {"",
                                 "2020",
                                 "2020-01-22",
                                 "2020-01-22T12:34:56",
                                 "2020-01-22T12:34Z",
                                 "2020-1-22T12:34:56Z",
                                 "2020-13-01T00:00:00Z",
                                 "2020-00-01T00:00:00Z",
                                 "2020-01-00T00:00:00Z",
                                 "2021-02-29T00:00:00Z",
                                 "1900-02-29T00:00:00Z",
                                 "2020-04-31T00:00:00Z",
                                 "2020-01-22T24:00:00Z",
                                 "2020-01-22T12:60:00Z",
                                 "2020-01-22T12:34:61Z",
                                 "2020-01-22T12:34:56.Z",
                                 "2020-01-22T12:34:56+0100",
                                 "2020-01-22T12:34:56+24:00",
                                 "2020-01-22T12:34:56Zz",
                                 "0000-01-01T00:00:00Z",
                                 "1600-01-01T00:00:00Z",
                                 "2262-04-11T23:47:16.854775808Z",
                                 "-020-01-22T12:34:56Z"}) {
    EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace faasc::rt
