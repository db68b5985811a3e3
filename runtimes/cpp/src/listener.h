#pragma once

#include <cstdint>
#include <string>

namespace faasc::rt {

/// The socket that accepts connections; never blocks.
class Listener {
 public:
  Listener() = default;
  Listener(Listener const&) = delete;
  Listener& operator=(Listener const&) = delete;
  ~Listener() { close(); }

  /// Empty, or what went wrong: "cannot listen on 0.0.0.0:8080: Address already in use".
  std::string open(std::string const& address, std::uint16_t port);
  void close();

  int fd() const { return fd_; }
  /// The port really listened on, where 0 was asked for.
  std::uint16_t port() const { return port_; }

  enum class Outcome : std::uint8_t { Accepted, Nothing, OutOfResources };
  /// Accepted sets `fd` to a non-blocking socket that the caller closes.
  Outcome accept(int& fd);

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace faasc::rt
