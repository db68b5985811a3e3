#include "base/varint.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

TEST(Varint, RoundTripsEveryLength) {
  for (int bit = 0; bit < 64; ++bit) {
    for (std::uint64_t value : {(std::uint64_t{1} << bit) - 1, std::uint64_t{1} << bit}) {
      std::string bytes;
      append_varint(bytes, value);
      EXPECT_EQ(bytes.size(), varint_size(value));
      std::string_view rest = bytes;
      EXPECT_EQ(take_varint(rest), value);
      EXPECT_TRUE(rest.empty());
    }
  }
}

TEST(Varint, KnownBytes) {
  std::string bytes;
  append_varint(bytes, 3073);
  EXPECT_EQ(bytes, "\x98\x01");
}

TEST(Varint, RefusesWhatEndsTooSoonOrDoesNotFit) {
  std::string_view cut = "\x98";
  EXPECT_EQ(take_varint(cut), std::nullopt);
  EXPECT_EQ(cut.size(), 1u);
  std::string_view wide = "\x82\xff\xff\xff\xff\xff\xff\xff\xff\x7f";
  EXPECT_EQ(take_varint(wide), std::nullopt);
  std::string_view endless = "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01";
  EXPECT_EQ(take_varint(endless), std::nullopt);
}

}  // namespace
}  // namespace faasc
