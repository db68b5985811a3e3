#include "base/process_start.h"

#include <ctime>

namespace faasc {
namespace {

// The kernel tells a process's start in hundredths of a second only. Its processor's time so far is told
// exactly, and before main() it has done little but use that.
std::chrono::steady_clock::time_point before_main() {
  auto now = std::chrono::steady_clock::now();
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return now - std::chrono::seconds(used.tv_sec) - std::chrono::nanoseconds(used.tv_nsec);
}

const std::chrono::steady_clock::time_point began = before_main();

}  // namespace

std::chrono::steady_clock::time_point process_began() {
  return began;
}

}  // namespace faasc
