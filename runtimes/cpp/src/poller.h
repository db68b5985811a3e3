#pragma once

#include <cstdint>

namespace faasc::rt {

/// epoll, used by one thread at a time, and a way to wake that thread.
///
/// One at a time is not only the simpler design: Nanos 0.1.55 hands a one-shot event to every thread that
/// waits on the same epoll descriptor, where Linux hands it to one.
class Poller {
 public:
  enum class For : std::uint8_t { Input, Output };

  Poller() = default;
  Poller(Poller const&) = delete;
  Poller& operator=(Poller const&) = delete;
  ~Poller();

  /// False where the system has no descriptors left; errno says so.
  bool open();

  /// Reports `what` at every wait() as long as there is input.
  bool watch(int fd, void* what);
  void forget(int fd);

  /// Reports `what` once. `known` says that this descriptor has been armed before, and is updated.
  bool arm(int fd, For purpose, void* what, bool& known);

  /// Waits for one event until `timeout_ms` (-1 = for ever) and returns whose; null where there was none or
  /// wake() was called.
  void* wait(int timeout_ms);

  /// Ends the current wait(), or the next. May be called from any thread and from a signal handler.
  void wake() const;

 private:
  int epoll_ = -1;
  int wake_ = -1;
};

}  // namespace faasc::rt
