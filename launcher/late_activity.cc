#include "launcher/late_activity.h"

#include <algorithm>
#include <condition_variable>
#include <stop_token>

namespace faasc {

using std::chrono::milliseconds;

milliseconds last_part_of(milliseconds limit) {
  return std::clamp<milliseconds>(limit / 3, milliseconds(150), std::chrono::seconds(2));
}

LateActivity::LateActivity(pid_t process, milliseconds limit)
    : watch_([this, process, wait = limit - last_part_of(limit)](const std::stop_token& stop) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any stopped;
        stopped.wait_for(lock, stop, wait, [] { return false; });
        if (stop.stop_requested()) return;
        std::lock_guard guard(mutex_);
        activity_.emplace(process);
      }) {}

const char* LateActivity::in_words() const {
  std::lock_guard guard(mutex_);
  return activity_ ? faasc::in_words(activity_->share()) : nullptr;
}

}  // namespace faasc
