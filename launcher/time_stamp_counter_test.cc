#include "launcher/time_stamp_counter.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace faasc {
namespace {

TEST(TimeStampCounter, MeasurementsAgree) {
  std::vector<std::uint64_t> rates;
  for (int i = 0; i < 5; ++i) rates.push_back(measure_tsc_khz());
  std::sort(rates.begin(), rates.end());
  if (rates.back() == 0) GTEST_SKIP() << "no time stamp counter here";
  EXPECT_GT(rates.front(), 100'000u);  // 100 MHz
  EXPECT_LT(rates.back() - rates.front(), rates.front() / 1000) << "of " << rates.front() << " kHz";
}

}  // namespace
}  // namespace faasc
