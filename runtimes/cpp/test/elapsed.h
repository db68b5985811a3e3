#pragma once

#include <chrono>
#include <thread>

namespace faasc::rt {

using Clock = std::chrono::steady_clock;

inline long milliseconds_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

inline void sleep_ms(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

}  // namespace faasc::rt
