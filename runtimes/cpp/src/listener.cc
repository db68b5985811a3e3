#include "src/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

namespace faasc::rt {

std::string Listener::open(std::string const& address, std::uint16_t port) {
  auto const failed = [&](char const* doing) {
    std::string why = std::string("cannot ") + doing + " " + address + ":" + std::to_string(port) + ": " +
                      ::strerror(errno);
    close();
    return why;
  };
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return failed("create a socket for");
  int const on = 1;
  ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Responses go out in one piece; what would wait for an acknowledgement is the next one of a pipelining
  // client. Accepted sockets inherit it.
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &where.sin_addr);
  if (::bind(fd_, reinterpret_cast<sockaddr const*>(&where), sizeof where) != 0) return failed("bind to");
  if (::listen(fd_, 1024) != 0) return failed("listen on");
  port_ = port;
  if (port == 0) {
    socklen_t size = sizeof where;
    if (::getsockname(fd_, reinterpret_cast<sockaddr*>(&where), &size) != 0)
      return failed("find the port of");
    port_ = ntohs(where.sin_port);
  }
  return {};
}

void Listener::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Listener::Outcome Listener::accept(int& fd) {
  fd = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) return Outcome::Accepted;
  switch (errno) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return Outcome::OutOfResources;
    default:
      return Outcome::Nothing;  // the client has left already, or another event told of it
  }
}

}  // namespace faasc::rt
