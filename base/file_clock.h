#pragma once

#include <chrono>
#include <cstdint>

namespace faasc {

/// Waits until file_clock_ns() is past that time, and returns it: what was stamped until then is older. That
/// takes a few ticks of at most 10 ms; a time far ahead is not waited for.
std::int64_t file_clock_ns_past(std::int64_t time_ns);

/// The same for this moment. From Linux 6.13 on a stamp may come from the system's clock, which is ahead of
/// the one that ticks.
inline std::int64_t file_clock_ns_past_now() {
  return file_clock_ns_past(
      std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count());
}

}  // namespace faasc
