#include "launcher/front_port.h"

#include <csignal>

#include <netinet/in.h>
#include <sys/eventfd.h>

#include <poll.h>
#include <unistd.h>

#include "launcher/host_port.h"

namespace faasc {

Result<std::unique_ptr<FrontPort>> FrontPort::open(std::uint16_t port, std::uint16_t guest_port) {
  FAASC_TRY(Fd listener, listen_on_loopback(port, guest_port));
  Fd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) return io_error("create", "eventfd", errno);
  std::uint16_t taken = port_of(listener);
  return std::unique_ptr<FrontPort>(new FrontPort(std::move(listener), std::move(event), taken));
}

FrontPort::FrontPort(Fd listener, Fd wake, std::uint16_t port)
    : port_(port), wake_(std::move(wake)), relay_(htonl(INADDR_LOOPBACK)) {
  relay_.add(std::move(listener), 0);
  relay_.lead_to(0);
  thread_ = std::thread([this] { work(); });
}

FrontPort::~FrontPort() {
  stopping_ = true;
  std::uint64_t one = 1;
  [[maybe_unused]] ssize_t written = ::write(wake_.get(), &one, sizeof one);
  thread_.join();
}

void FrontPort::lead_to(std::uint16_t port) {
  std::lock_guard lock(mutex_);
  relay_.lead_to(port);
}

void FrontPort::wait_for_earlier(std::chrono::milliseconds most) {
  constexpr auto kLook = std::chrono::milliseconds(5);
  for (auto waited = std::chrono::milliseconds(0); waited < most; waited += kLook) {
    {
      std::lock_guard lock(mutex_);
      if (relay_.earlier() == 0) return;
    }
    std::this_thread::sleep_for(kLook);
  }
}

void FrontPort::work() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  while (!stopping_) {
    pollfd fds[2] = {{relay_.fd(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    ::poll(fds, 2, -1);
    std::lock_guard lock(mutex_);
    relay_.work();
  }
}

}  // namespace faasc
