#include "faasc/rt/json_reader.h"

#include <gtest/gtest.h>

namespace faasc::rt {
namespace {

std::string read(std::string_view text) {
  JsonReader in(text);
  if (in.skip_value() && in.finish()) return "";
  return in.problem().pointer + "|" + in.problem().expected + "|" + in.problem().found;
}

TEST(JsonReader, TakesWhatIsJson) {
  for (char const* text :
       {"null", " true ", "false", "0", "-0", "1.5e+10", "\"\"", "\"\\u00e9\\n\\ud83d\\ude00\"", "[]",
        "[1,2]", "{}", R"({"a":{"b":[null]},"c":""})", "\"caf\xC3\xA9\""})
    EXPECT_EQ(read(text), "") << text;
}

TEST(JsonReader, SaysWhatIsNot) {
  struct Case {
    std::string text, complaint;
  };
  Case const cases[] = {
      {"", "|value|nothing"},
      {"nul", "|null|null"},
      {"01", "|JSON|a number that begins with 0 at byte 1"},
      {"1.", "|JSON|a number that ends with its point at byte 2"},
      {"1e", "|JSON|a number without an exponent at byte 2"},
      {"-", "|JSON|a number without digits at byte 1"},
      {"[1 2]", "|JSON|no comma at byte 3"},
      {"[1,]", "|JSON|a comma before the end at byte 3"},
      {"[1", "|JSON|an unfinished body at byte 2"},
      {"{\"a\"}", "|JSON|no colon after a key at byte 4"},
      {"{a:1}", "|JSON|no key at byte 1"},
      {"\"", "|JSON|an unfinished string at byte 1"},
      {"\"\x01\"", "|JSON|a control character in a string at byte 1"},
      {"\"\xC3\"", "|JSON|a byte that is not UTF-8 at byte 1"},
      {"\"\\x\"", "|JSON|an unknown escape at byte 3"},
      {"\"\\ud800\"", "|JSON|half a surrogate pair at byte 7"},
      {"\"\\udc00\"", "|JSON|half a surrogate pair at byte 7"},
      {"1 1", "|JSON|something after the end at byte 2"},
      {R"({"x/y":[0,{"~":1,"~":2}]})", "/x~1y/1/~0|each key once|the key a second time"},
  };
  for (Case const& c : cases) EXPECT_EQ(read(c.text), c.complaint) << c.text;
  std::string const deep = std::string(129, '[');
  EXPECT_EQ(read(deep), "|JSON|more than 128 levels of nesting at byte 128");
  EXPECT_EQ(read(std::string(128, '[') + std::string(128, ']')), "");
}

TEST(JsonReader, ReadsIntegersExactly) {
  struct Case {
    char const* text;
    bool fits;
    std::int64_t value;
  };
  Case const cases[] = {{"9223372036854775807", true, INT64_MAX},
                        {"-9223372036854775808", true, INT64_MIN},
                        {"9223372036854775808", false, 0},
                        {"2.0", true, 2},
                        {"1e3", true, 1000},
                        {"2.5", false, 0},
                        {"1e300", false, 0},
                        {"-0", true, 0}};
  for (Case const& c : cases) {
    std::int64_t value = 0;
    EXPECT_EQ(JsonReader(c.text).read_signed(value, INT64_MIN, INT64_MAX), c.fits) << c.text;
    if (c.fits) {
      EXPECT_EQ(value, c.value) << c.text;
    }
  }
  std::uint64_t large = 0;
  EXPECT_TRUE(JsonReader("18446744073709551615").read_unsigned(large, UINT64_MAX));
  EXPECT_EQ(large, UINT64_MAX);
  EXPECT_TRUE(JsonReader("-0").read_unsigned(large, 1));
  EXPECT_FALSE(JsonReader("-1").read_unsigned(large, UINT64_MAX));
  double number = 1;
  EXPECT_TRUE(JsonReader("1e-999").read_double(number));
  EXPECT_EQ(number, 0);
  EXPECT_FALSE(JsonReader("1e999").read_double(number));
}

}  // namespace
}  // namespace faasc::rt
