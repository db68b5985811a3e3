#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "base/file.h"

namespace faasc {

/// Carries connections from listening sockets of the host's network to ports of an address in this one, which
/// the host does not see. A connection that nobody takes here is reset there. One thread; nothing blocks.
class Relay {
 public:
  /// `address` in network byte order.
  explicit Relay(std::uint32_t address);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  void add(Fd listener, std::uint16_t port);
  /// From now on new connections of all listeners go to this port; 0: they wait until there is one.
  void lead_to(std::uint16_t port);
  /// Readable when there is something to do; for poll().
  int fd() const { return epoll_.get(); }
  /// Does what can be done at once.
  void work();
  /// How many connections are open.
  std::size_t size() const { return connections_.size(); }
  /// How many of them are from before the last lead_to().
  std::size_t earlier() const;

 private:
  struct Connection;
  struct Listener {
    Fd socket;
    std::uint16_t port = 0;
  };

  void accept_from(Listener& listener);
  void watch(int fd, std::uint64_t tag, std::uint32_t events, bool is_new) const;
  void serve(Connection& connection, bool host_side, std::uint32_t events);
  void settle(Connection& connection);
  void close(std::uint64_t id);
  void listen(bool on);

  std::uint32_t address_;
  Fd epoll_;
  std::vector<Listener> listeners_;
  std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::uint64_t last_id_ = 0;
  std::uint64_t last_earlier_id_ = 0;
  bool paused_ = false;
  bool listening_ = true;  // false while paused, and while there are no descriptors for more
};

/// Whether anybody listens on `port` of `address` (network byte order). The connection that tells is closed
/// at once.
bool accepts(std::uint32_t address, std::uint16_t port);

}  // namespace faasc
