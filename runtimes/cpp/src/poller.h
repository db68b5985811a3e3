#pragma once

#include <cstdint>

namespace faasc::rt {

/// epoll, waited for by one thread at a time, and a way to wake that thread.
///
/// One at a time is not only the simpler design: Nanos 0.1.55 hands an event to every thread that waits on
/// the same epoll descriptor, where Linux hands a one-shot event to one.
class Poller {
 public:
  enum class For : std::uint8_t { Nothing, Input, Output };

  /// What one wait() reported and nobody has seen to yet. Whoever waits next must have emptied it.
  class Batch {
   public:
    bool empty() const { return next_ == count_; }
    /// Only where not empty(). Null for what was dropped.
    void* take() { return whats_[next_++]; }
    /// `what` is going away: it is not reported any more.
    void drop(void const* what) {
      for (unsigned i = next_; i < count_; ++i) {
        if (whats_[i] == what) whats_[i] = nullptr;
      }
    }

   private:
    friend class Poller;
    static constexpr unsigned kCapacity = 64;
    void* whats_[kCapacity];
    unsigned next_ = 0;
    unsigned count_ = 0;
  };

  Poller() = default;
  Poller(Poller const&) = delete;
  Poller& operator=(Poller const&) = delete;
  ~Poller();

  /// False where the system has no descriptors left; errno says so, and it may be tried again.
  bool open();

  /// From now on reports `what` at every wait() as long as there is input or room for output. `armed` is what
  /// this descriptor was watched for before, and is updated; no system call where that is the same.
  bool watch(int fd, For purpose, void* what, For& armed);
  /// No more.
  void forget(int fd, For& armed);

  /// Waits until there is something to report, wake() was called, or `timeout_ms` (-1 = never) are over.
  void wait(Batch& batch, int timeout_ms);

  /// Ends the current wait(), or the next. May be called from any thread and from a signal handler.
  void wake() const;

 private:
  int epoll_ = -1;
  int wake_ = -1;
};

}  // namespace faasc::rt
