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
  if (epoll_ < 0) epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (wake_ < 0) wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  For armed = For::Nothing;
  return epoll_ >= 0 && wake_ >= 0 && watch(wake_, For::Input, nullptr, armed);
}

bool Poller::watch(int fd, For purpose, void* what, For& armed) {
  if (armed == purpose) return true;
  epoll_event event{};
  event.events = purpose == For::Input ? EPOLLIN | EPOLLRDHUP : EPOLLOUT;
  event.data.ptr = what;
  if (::epoll_ctl(epoll_, armed == For::Nothing ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) != 0)
    return false;
  armed = purpose;
  return true;
}

void Poller::forget(int fd, For& armed) {
  if (armed == For::Nothing) return;
  epoll_event ignored{};
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, &ignored);
  armed = For::Nothing;
}

void Poller::wait(Batch& batch, int timeout_ms) {
  epoll_event events[Batch::kCapacity];
  int const count = ::epoll_wait(epoll_, events, Batch::kCapacity, timeout_ms);
  batch.next_ = batch.count_ = 0;
  for (int i = 0; i < count; ++i) {
    if (events[i].data.ptr != nullptr) {
      batch.whats_[batch.count_++] = events[i].data.ptr;
      continue;
    }
    std::uint64_t wakes = 0;
    static_cast<void>(::read(wake_, &wakes, sizeof wakes));
  }
}

void Poller::wake() const {
  int const saved = errno;
  std::uint64_t const one = 1;
  static_cast<void>(!::write(wake_, &one, sizeof one));
  errno = saved;
}

}  // namespace faasc::rt
