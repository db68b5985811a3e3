#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"

namespace faasc {

/// A system call that was refused because Nanos would refuse it.
struct RefusedCall {
  std::string name;  ///< "fork" for whatever makes a process; else the system call's
  int error = 0;     ///< errno, as the program saw it
};

/// Answers for the filter of nanos_call_filter(), in a thread of its own, until nobody is left whom it
/// filters.
class CallWatch {
 public:
  /// `on_refused` is called in that thread, once for each name.
  CallWatch(Fd listener, std::function<void(const RefusedCall&)> on_refused);
  CallWatch(const CallWatch&) = delete;
  CallWatch& operator=(const CallWatch&) = delete;
  ~CallWatch();

  /// So far, in their order.
  std::vector<RefusedCall> refused() const;

 private:
  void work();

  Fd listener_, stop_;
  std::function<void(const RefusedCall&)> on_refused_;
  mutable std::mutex mutex_;
  std::vector<RefusedCall> refused_;
  std::thread thread_;
};

}  // namespace faasc
