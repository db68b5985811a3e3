#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

#include <sys/types.h>

namespace faasc {

/// What the busiest thread of a process has done since this object was made: tells a guest that computes from
/// one that waits, also where the host has too few processors for all that want one.
class ThreadActivity {
 public:
  explicit ThreadActivity(pid_t process);

  /// Parts of the time that has passed, from 0 to 1.
  struct Share {
    double ran = 0, waited = 0;  ///< on a processor, and for one
  };
  /// Nothing where the kernel does not tell, or too little time has passed.
  std::optional<Share> share() const;

 private:
  struct Times {
    std::uint64_t ran_ns = 0, waited_ns = 0;
  };
  static std::map<pid_t, Times> times_of(pid_t process);

  pid_t process_;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  std::map<pid_t, Times> before_;
};

/// "it computed all the time", "it was idle"; null where it was neither, or is not known.
const char* in_words(const std::optional<ThreadActivity::Share>& share);

}  // namespace faasc
