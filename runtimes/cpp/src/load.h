#pragma once

#include <cstdint>

namespace faasc::rt {

/// Whether a thread that goes from batch to batch of requests has more to do than is good for those who wait.
/// Times are nanoseconds().
class Load {
 public:
  /// The thread begins with what was reported to it.
  void begin_round(std::int64_t time) {
    round_began_ = time;
    if (window_began_ == 0) window_began_ = time;
  }

  /// So much of the round was spent in a call of the function.
  void add_call(std::int64_t lasted) { in_calls_ += lasted; }

  void end_round(std::int64_t time) {
    busy_ += time - round_began_;
    ++rounds_;
    std::int64_t const window = time - window_began_;
    if (window < kWindow) return;
    bool const saturated = busy_ >= window / 10 * 9;
    // The function is what takes the time, so another processor halves it; or so many wait at once that it
    // does not matter what sharing them costs.
    is_crowded_ = saturated && (in_calls_ >= busy_ / 2 || busy_ >= rounds_ * kLongRound);
    window_began_ = time;
    busy_ = in_calls_ = rounds_ = 0;
  }

  /// As it was in the last window.
  bool is_crowded() const { return is_crowded_; }

 private:
  static constexpr std::int64_t kWindow = 10'000'000;
  static constexpr std::int64_t kLongRound = 500'000;

  std::int64_t window_began_ = 0;
  std::int64_t round_began_ = 0;
  std::int64_t busy_ = 0;
  std::int64_t in_calls_ = 0;
  std::int64_t rounds_ = 0;
  bool is_crowded_ = false;
};

}  // namespace faasc::rt
