#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "base/file.h"
#include "base/result.h"
#include "launcher/process/sandbox/relay.h"

namespace faasc {

/// A port of this host's loopback address that stays while the machines behind it come and go. Connections
/// are carried by a thread of its own. While there is no machine, new ones wait.
class FrontPort {
 public:
  /// 0: any that is free. `guest_port` is for the message of a port that cannot be used.
  static Result<std::unique_ptr<FrontPort>> open(std::uint16_t port, std::uint16_t guest_port);
  ~FrontPort();
  FrontPort(const FrontPort&) = delete;
  FrontPort& operator=(const FrontPort&) = delete;

  std::uint16_t port() const { return port_; }
  /// New connections go to this port of the loopback address from now on; those that are open stay where they
  /// are. 0: they wait.
  void lead_to(std::uint16_t port);
  /// Waits until those that were open at the last lead_to() are closed: what is at their other end may go
  /// then, and no request is lost that it has not seen yet. After `most` they are left to themselves.
  void wait_for_earlier(std::chrono::milliseconds most);

 private:
  FrontPort(Fd listener, Fd wake, std::uint16_t port);
  void work();

  std::uint16_t port_;
  Fd wake_;
  std::mutex mutex_;  // of what follows
  Relay relay_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace faasc
