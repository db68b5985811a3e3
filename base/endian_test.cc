#include "base/endian.h"

#include <cstring>

#include <gtest/gtest.h>

namespace faasc {
namespace {

TEST(Endian, LeastSignificantByteFirst) {
  le32 field = 0x11223344u;
  const unsigned char expected[] = {0x44, 0x33, 0x22, 0x11};
  EXPECT_EQ(std::memcmp(&field, expected, 4), 0);
  EXPECT_EQ(field, 0x11223344u);
  EXPECT_EQ(le64(0xfedcba9876543210u), 0xfedcba9876543210u);
  EXPECT_EQ(le16(0xaa55), 0xaa55);
}

TEST(Endian, MostSignificantByteFirst) {
  be32 field = 0x11223344u;
  const unsigned char expected[] = {0x11, 0x22, 0x33, 0x44};
  EXPECT_EQ(std::memcmp(&field, expected, 4), 0);
  EXPECT_EQ(field, 0x11223344u);
  EXPECT_EQ(be64(0xfedcba9876543210u), 0xfedcba9876543210u);
  EXPECT_EQ(be16(0xaa55), 0xaa55);
  EXPECT_EQ(BigEndian<std::uint8_t>(std::uint8_t{0x7f}), 0x7f);
}

}  // namespace
}  // namespace faasc
