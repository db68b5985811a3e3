#include "base/file_clock.h"

#include <thread>

#include "base/file_stamp.h"

namespace faasc {

std::int64_t file_clock_ns_past(std::int64_t time_ns) {
  constexpr std::int64_t kFewTicksNs = 100'000'000;
  // Of a file from before the clock was set back: no tick will reach it.
  if (time_ns - file_clock_ns() > kFewTicksNs) return file_clock_ns();
  for (int i = 0; i < 100 && file_clock_ns() <= time_ns; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return file_clock_ns();
}

}  // namespace faasc
