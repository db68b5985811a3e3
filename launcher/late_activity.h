#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

#include <sys/types.h>

#include "launcher/thread_activity.h"

namespace faasc {

/// How long before a time limit is over nothing begins any more that the limit is for: what a guest does from
/// then on, it would go on doing.
std::chrono::milliseconds last_part_of(std::chrono::milliseconds limit);

/// What a process does in the last part of a time limit that begins when this object is made.
class LateActivity {
 public:
  LateActivity(pid_t process, std::chrono::milliseconds limit);

  /// As in_words(); null, too, before that part has begun.
  const char* in_words() const;

 private:
  mutable std::mutex mutex_;
  std::optional<ThreadActivity> activity_;
  std::jthread watch_;  // last, so that it ends first
};

}  // namespace faasc
