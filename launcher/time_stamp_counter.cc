#include "launcher/time_stamp_counter.h"

#include <chrono>

#ifdef __x86_64__
#include <x86intrin.h>
#endif

namespace faasc {

std::uint64_t measure_tsc_khz() {
#ifdef __x86_64__
  // Linux takes a rate that is off by less than a thousandth; ten milliseconds are good for a hundredth of
  // that.
  constexpr auto kSpan = std::chrono::milliseconds(10);
  auto start = std::chrono::steady_clock::now();
  std::uint64_t first = __rdtsc();
  std::chrono::nanoseconds span{0};
  while (span < kSpan) span = std::chrono::steady_clock::now() - start;
  std::uint64_t ticks = __rdtsc() - first;
  return ticks * 1'000'000 / static_cast<std::uint64_t>(span.count());
#else
  return 0;
#endif
}

}  // namespace faasc
