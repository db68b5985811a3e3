#include "src/deadlines.h"

#include <time.h>

namespace faasc::rt {

std::int64_t nanoseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::int64_t now() {
  return nanoseconds() / 1'000'000;
}

}  // namespace faasc::rt
