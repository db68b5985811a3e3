#include "src/poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <errno.h>
#include <unistd.h>

namespace faasc::rt {

Poller::~Poller() {
  if (wake_ >= 0) ::close(wake_);
  if (epoll_ >= 0) ::close(epoll_);
}

bool Poller::open() {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return epoll_ >= 0 && wake_ >= 0 && watch(wake_, nullptr);
}

bool Poller::watch(int fd, void* what) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = what;
  return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::forget(int fd) {
  epoll_event ignored{};
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, &ignored);
}

bool Poller::arm(int fd, For purpose, void* what, bool& known) {
  epoll_event event{};
  event.events = (purpose == For::Input ? EPOLLIN | EPOLLRDHUP : EPOLLOUT) | EPOLLONESHOT;
  event.data.ptr = what;
  if (::epoll_ctl(epoll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0) return false;
  known = true;
  return true;
}

void* Poller::wait(int timeout_ms) {
  epoll_event event{};
  if (::epoll_wait(epoll_, &event, 1, timeout_ms) != 1) return nullptr;
  if (event.data.ptr == nullptr) {
    std::uint64_t count = 0;
    static_cast<void>(::read(wake_, &count, sizeof count));
  }
  return event.data.ptr;
}

void Poller::wake() const {
  int const saved = errno;
  std::uint64_t const one = 1;
  static_cast<void>(!::write(wake_, &one, sizeof one));
  errno = saved;
}

}  // namespace faasc::rt
