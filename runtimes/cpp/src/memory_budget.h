#pragma once

#include <atomic>
#include <cstddef>

namespace faasc::rt {

/// How many bytes all clients together may have the server hold: requests on their way in, answers that wait
/// to be read. Any thread may use it.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t limit) : limit_(limit) {}

  /// False, and nothing taken, where that would be more than there is. The only holder may have any number.
  bool take(std::size_t bytes) {
    std::size_t const before = used_.fetch_add(bytes);
    if (before == 0 || before + bytes <= limit_) return true;
    used_.fetch_sub(bytes);
    return false;
  }
  void give(std::size_t bytes) { used_.fetch_sub(bytes); }

  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  std::size_t limit() const { return limit_; }

 private:
  std::size_t const limit_;
  std::atomic<std::size_t> used_{0};
};

/// What one holder has of a budget; gives it back when it goes.
class MemoryShare {
 public:
  explicit MemoryShare(MemoryBudget& budget) : budget_(&budget) {}
  MemoryShare(MemoryShare&& other) noexcept : budget_(other.budget_), held_(other.held_) { other.held_ = 0; }
  MemoryShare& operator=(MemoryShare&&) = delete;
  ~MemoryShare() { budget_->give(held_); }

  /// Takes or gives back what is missing to `bytes`. What is below kFree costs nothing: most requests and
  /// answers are small, and bounded by how many connections there may be. False, and nothing changed, where
  /// the budget does not have as much.
  bool set(std::size_t bytes) {
    std::size_t const wanted = bytes <= kFree ? 0 : bytes;
    if (wanted > held_ && budget_->used() == held_) {
      budget_->give(held_);  // the only holder, who may have any number
      held_ = 0;
    }
    if (wanted == held_) return true;
    if (wanted > held_) {
      if (!budget_->take(wanted - held_)) return false;
    } else {
      budget_->give(held_ - wanted);
    }
    held_ = wanted;
    return true;
  }

  std::size_t held() const { return held_; }

  static constexpr std::size_t kFree = 8192;

 private:
  MemoryBudget* budget_;
  std::size_t held_ = 0;
};

}  // namespace faasc::rt
