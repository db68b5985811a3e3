#include "launcher/host_port.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <netinet/in.h>
#include <sys/socket.h>

#include "launcher/codes.h"

namespace faasc {

Error port_in_use(std::uint16_t port, int reason, std::uint16_t guest_port) {
  std::string what = "port " + std::to_string(port) + " of 127.0.0.1 cannot be used";
  if (reason != 0) what += std::string(": ") + std::strerror(reason);
  return Error{Fault::Host,
               kPortInUse,
               what,
               {},
               "'-p 0:" + std::to_string(guest_port) + "' takes any port that is free"};
}

Result<Fd> listen_on_loopback(std::uint16_t port, std::uint16_t guest_port) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return io_error("create", "socket", errno);
  // A connection of an earlier run that is still fading away is no reason to refuse.
  int one = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.get(), SOMAXCONN) != 0)
    return port_in_use(port, errno, guest_port);
  return socket;
}

std::uint16_t port_of(const Fd& listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.sin_port);
}

}  // namespace faasc
