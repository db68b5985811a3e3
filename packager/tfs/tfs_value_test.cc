#include "packager/tfs/tfs_value.h"

#include <limits>

#include <gtest/gtest.h>

namespace faasc {
namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (char c : bytes) {
    if (!out.empty()) out += ' ';
    out += kDigits[static_cast<std::uint8_t>(c) >> 4];
    out += kDigits[static_cast<std::uint8_t>(c) & 15];
  }
  return out;
}

std::string encoded(const TfsValue& value) {
  tfs::Encoder encoder;
  encoder.value(value);
  return hex(encoder.bytes());
}

TEST(TfsValue, EncodesEveryKind) {
  struct Case {
    TfsValue value;
    std::string bytes;
  };
  const Case cases[] = {
      {TfsFlag{}, "81 00"},
      {"", "c0"},
      {"faas", "c4 66 61 61 73"},
      {0, "b0 00"},
      {127, "b0 7f"},
      {128, "b0 81 00"},
      {3073, "b0 98 01"},
      {-1, "b1 01"},
      {std::numeric_limits<std::int64_t>::min(), "b1 81 80 80 80 80 80 80 80 80 00"},
      {std::numeric_limits<std::uint64_t>::max(), "b0 81 ff ff ff ff ff ff ff ff 7f"},
      {std::vector<TfsValue>{}, "a0"},
      {std::vector<TfsValue>{"a", 1}, "a2 c1 61 b0 01"},
      {TfsTuple{}, "90"},
      {TfsTuple{{"b", "1"}, {"a", TfsFlag{}}}, "92 81 61 81 00 81 62 c1 31"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.bytes);
    EXPECT_EQ(encoded(c.value), c.bytes);
  }
}

// Three bits of a length are in the first byte; a longer one takes as many bytes as it has groups of seven
// bits beyond that.
TEST(TfsValue, EncodesLengths) {
  struct Case {
    std::size_t length;
    std::string header;
  };
  for (const Case& c : {Case{7, "c7"}, Case{8, "c8 08"}, Case{127, "c8 7f"}, Case{128, "c9 00"},
                        Case{1023, "cf 7f"}, Case{1024, "c8 88 00"}, Case{1500, "c8 8b 5c"},
                        Case{131071, "cf ff 7f"}, Case{131072, "c8 88 80 00"}}) {
    SCOPED_TRACE(c.length);
    EXPECT_EQ(encoded(std::string(c.length, 'x')).substr(0, c.header.size()), c.header);
    tfs::Encoder encoder;
    encoder.string(std::string(c.length, 'x'));
    EXPECT_EQ(encoder.bytes().size(), (c.header.size() + 1) / 3 + c.length);
  }
}

// The root is entry 1, "children" 2, the tuple of children 3, …: what comes up again is named by its index.
TEST(TfsValue, NamesAreIntroducedOnce) {
  tfs::Encoder encoder;
  encoder.tuple(3);
  encoder.name("children");
  encoder.vector(0);
  encoder.name("ab");
  encoder.string("children");
  encoder.name("children");
  encoder.flag();
  EXPECT_EQ(hex(encoder.bytes()),
            "93 88 08 63 68 69 6c 64 72 65 6e a0 82 61 62 c8 08 63 68 69 6c 64 72 65 6e 02 81 00");
}

TEST(TfsValue, IndicesGrowThroughTheNameTable) {
  tfs::Encoder encoder;
  encoder.tuple(0);  // 1
  for (int i = 0; i < 5000; ++i) encoder.name("n" + std::to_string(i));
  std::size_t size = encoder.bytes().size();
  encoder.name("n0");     // 2
  encoder.name("n6");     // 8
  encoder.name("n4999");  // 5001
  EXPECT_EQ(hex(encoder.bytes().substr(size)), "02 08 08 08 a7 09");
}

TEST(TfsValue, PrintsInTheNotationOfManifests) {
  EXPECT_EQ(to_text(TfsTuple{{"program", "/app"},
                             {"arguments", std::vector<TfsValue>{"/app", "two words", ""}},
                             {"mtu", 1500},
                             {"x", TfsTuple{{"n", -3}, {"q", "a\"b"}}}}),
            "(arguments:[/app \"two words\" \"\"] mtu:1500 program:/app x:(n:-3 q:\"a\\\"b\"))");
}

}  // namespace
}  // namespace faasc
