#include "compiler/driver/grouped_number.h"

#include <gtest/gtest.h>

namespace faasc {
namespace {

TEST(GroupedNumber, HasASpaceBeforeEveryThreeDigits) {
  for (auto [number, text] : {std::pair<std::uint64_t, const char*>{0, "0"},
                              {999, "999"},
                              {1000, "1 000"},
                              {123456, "123 456"},
                              {1234567, "1 234 567"},
                              {UINT64_MAX, "18 446 744 073 709 551 615"}})
    EXPECT_EQ(grouped(number), text);
}

TEST(GroupedNumber, OfKibibytesIsRoundedUp) {
  for (auto [bytes, text] : {std::pair<std::uint64_t, const char*>{0, "0 KiB"},
                             {1, "1 KiB"},
                             {1024, "1 KiB"},
                             {1025, "2 KiB"},
                             {2 << 20, "2 048 KiB"},
                             {UINT64_MAX, "18 014 398 509 481 984 KiB"}})
    EXPECT_EQ(kibibytes(bytes), text);
}

}  // namespace
}  // namespace faasc
