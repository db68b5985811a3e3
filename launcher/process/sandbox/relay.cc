#include "launcher/process/sandbox/relay.h"

#include <array>
#include <cerrno>
#include <iterator>
#include <string>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <poll.h>
#include <unistd.h>

namespace faasc {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;
// Tags of epoll's events: listeners by their index, connections by their number, twice.
constexpr std::uint64_t kListenerTag = std::uint64_t{1} << 63;

sockaddr_in address_of(std::uint32_t address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = address;
  return out;
}

Fd begin_connecting(std::uint32_t address, std::uint16_t port) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in to = address_of(address, port);
  if (socket && ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 &&
      errno != EINPROGRESS)
    socket.reset();
  return socket;
}

// Close() then sends RST: the other side is not to take this for an orderly end.
void reset_on_close(const Fd& socket) {
  linger none{1, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

}  // namespace

// One way of a connection: what was read and not written yet.
struct Pipe {
  std::array<char, kBufferBytes> bytes;
  std::size_t begin = 0, end = 0;
  bool read_end = false;  // nothing more comes
  bool closed = false;    // and the receiver was told so
  bool empty() const { return begin == end; }
};

struct Relay::Connection {
  std::uint64_t id = 0;
  Fd host, guest;
  bool connected = false;
  bool broken = false;
  // Reset, or closed both ways: epoll would say so without end, and is not asked about it any more.
  bool host_gone = false, guest_gone = false;
  Pipe to_guest, to_host;
  std::uint32_t host_events = 0, guest_events = 0;  // as epoll knows them
};

Relay::Relay(std::uint32_t address) : address_(address), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

Relay::~Relay() = default;

void Relay::watch(int fd, std::uint64_t tag, std::uint32_t events, bool is_new) const {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  ::epoll_ctl(epoll_.get(), is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
}

void Relay::add(Fd listener, std::uint16_t port) {
  watch(listener.get(), kListenerTag | listeners_.size(), EPOLLIN, true);
  listeners_.push_back({std::move(listener), port});
}

void Relay::lead_to(std::uint16_t port) {
  for (Listener& listener : listeners_) listener.port = port;
  last_earlier_id_ = last_id_;
  paused_ = port == 0;
  listen(!paused_);
}

std::size_t Relay::earlier() const {
  return static_cast<std::size_t>(
      std::distance(connections_.begin(), connections_.upper_bound(last_earlier_id_)));
}

void Relay::listen(bool on) {
  on = on && !paused_;
  if (listening_ == on) return;
  listening_ = on;
  for (std::size_t i = 0; i < listeners_.size(); ++i)
    watch(listeners_[i].socket.get(), kListenerTag | i, on ? EPOLLIN : 0u, false);
}

void Relay::accept_from(Listener& listener) {
  for (;;) {
    Fd host(::accept4(listener.socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!host) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) listen(false);
      return;
    }
    Fd guest = begin_connecting(address_, listener.port);
    if (!guest) {
      reset_on_close(host);
      continue;
    }
    // What one side sends at once is not to wait here for more.
    int one = 1;
    for (const Fd* socket : {&host, &guest})
      ::setsockopt(socket->get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    auto connection = std::make_unique<Connection>();
    connection->id = ++last_id_;
    connection->host = std::move(host);
    connection->guest = std::move(guest);
    watch(connection->host.get(), connection->id * 2, 0, true);
    connection->guest_events = EPOLLOUT;
    watch(connection->guest.get(), connection->id * 2 + 1, EPOLLOUT, true);
    connections_.emplace(connection->id, std::move(connection));
  }
}

namespace {

enum class Reading : std::uint8_t {
  No,
  Once,   // there will be another event if there is more
  ToEnd,  // there will be none
};

// Moves bytes one way. False where the connection is of no use any more.
bool pump(const Fd& from, const Fd& to, Pipe& pipe, Reading reading) {
  for (;;) {
    while (!pipe.empty()) {
      ssize_t count = ::send(to.get(), pipe.bytes.data() + pipe.begin, pipe.end - pipe.begin, MSG_NOSIGNAL);
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      pipe.begin += static_cast<std::size_t>(count);
    }
    if (reading == Reading::No || pipe.read_end) break;
    ssize_t count = ::read(from.get(), pipe.bytes.data(), pipe.bytes.size());
    if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (count < 0) break;
    pipe.read_end = count == 0;
    pipe.begin = 0;
    pipe.end = static_cast<std::size_t>(count);
    if (reading == Reading::Once) reading = Reading::No;
  }
  if (pipe.read_end && !pipe.closed) {
    ::shutdown(to.get(), SHUT_WR);
    pipe.closed = true;
  }
  return true;
}

}  // namespace

void Relay::serve(Connection& connection, bool host_side, std::uint32_t events) {
  if (!connection.connected) {
    if (host_side) return;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(connection.guest.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0 || (events & (EPOLLERR | EPOLLHUP)) != 0) {
      connection.broken = true;
      return;
    }
    connection.connected = true;
  }
  constexpr std::uint32_t kGone = EPOLLERR | EPOLLHUP;
  if ((events & kGone) != 0) {
    (host_side ? connection.host_gone : connection.guest_gone) = true;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, (host_side ? connection.host : connection.guest).get(), nullptr);
  }
  bool readable = (events & (EPOLLIN | EPOLLRDHUP)) != 0;
  // What came before the end is still to be had.
  auto reading = [&](bool gone, bool this_side) {
    return gone ? Reading::ToEnd : this_side && readable ? Reading::Once : Reading::No;
  };
  bool ok =
      pump(connection.host, connection.guest, connection.to_guest,
           reading(connection.host_gone, host_side)) &&
      pump(connection.guest, connection.host, connection.to_host, reading(connection.guest_gone, !host_side));
  if (!ok) connection.broken = true;
}

void Relay::settle(Connection& connection) {
  bool done = connection.to_guest.closed && connection.to_host.closed;
  if (connection.broken || done) {
    if (connection.broken) {
      reset_on_close(connection.host);
      reset_on_close(connection.guest);
    }
    return close(connection.id);
  }
  auto wanted = [](const Pipe& reads, const Pipe& writes) {
    std::uint32_t events = 0;
    if (reads.empty() && !reads.read_end) events |= EPOLLIN;
    if (!writes.empty()) events |= EPOLLOUT;
    return events;
  };
  std::uint32_t host = connection.connected ? wanted(connection.to_guest, connection.to_host) : 0;
  std::uint32_t guest = connection.connected ? wanted(connection.to_host, connection.to_guest) : EPOLLOUT;
  if (host != connection.host_events && !connection.host_gone)
    watch(connection.host.get(), connection.id * 2, host, false);
  if (guest != connection.guest_events && !connection.guest_gone)
    watch(connection.guest.get(), connection.id * 2 + 1, guest, false);
  connection.host_events = host;
  connection.guest_events = guest;
}

void Relay::close(std::uint64_t id) {
  connections_.erase(id);
  listen(true);
}

void Relay::work() {
  std::array<epoll_event, 64> events;
  int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    std::uint64_t tag = events[static_cast<std::size_t>(i)].data.u64;
    if ((tag & kListenerTag) != 0) {
      accept_from(listeners_[tag & ~kListenerTag]);
      continue;
    }
    // An event before in this round may have closed it.
    auto found = connections_.find(tag / 2);
    if (found == connections_.end()) continue;
    serve(*found->second, tag % 2 == 0, events[static_cast<std::size_t>(i)].events);
    settle(*found->second);
  }
}

bool accepts(std::uint32_t address, std::uint16_t port) {
  Fd socket = begin_connecting(address, port);
  if (!socket) return false;
  // Within one machine this is settled at once; a backlog that is full is the exception.
  pollfd state{socket.get(), POLLOUT, 0};
  constexpr int kPatienceMs = 20;
  int error = 0;
  socklen_t size = sizeof error;
  bool accepted = ::poll(&state, 1, kPatienceMs) > 0 &&
                  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
  return accepted;
}

}  // namespace faasc
