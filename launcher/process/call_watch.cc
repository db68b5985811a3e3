#include "launcher/process/call_watch.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string_view>

#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "launcher/process/call_filter.h"

namespace faasc {
namespace {

// struct clone_args begins with the flags.
bool wants_thread(const seccomp_notif& call) {
  Fd memory(::open(("/proc/" + std::to_string(call.pid) + "/mem").c_str(), O_RDONLY | O_CLOEXEC));
  std::uint64_t flags = 0;
  return memory &&
         ::pread(memory.get(), &flags, sizeof flags, static_cast<off_t>(call.data.args[0])) == sizeof flags &&
         (flags & CLONE_THREAD) != 0;
}

bool is_one_of(int call, std::initializer_list<int> calls) {
  return std::find(calls.begin(), calls.end(), call) != calls.end();
}

}  // namespace

CallWatch::CallWatch(Fd listener, std::function<void(const RefusedCall&)> on_refused)
    : listener_(std::move(listener)),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      on_refused_(std::move(on_refused)) {
  // Signals are for the thread that waits.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { work(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

CallWatch::~CallWatch() {
  std::uint64_t one = 1;
  [[maybe_unused]] ssize_t written = ::write(stop_.get(), &one, sizeof one);
  thread_.join();
}

std::vector<RefusedCall> CallWatch::refused() const {
  std::lock_guard lock(mutex_);
  return refused_;
}

void CallWatch::work() {
  bool runs = false;  // the program: the first exec is faasc's own
  for (;;) {
    pollfd watched[2] = {{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    if (::poll(watched, 2, -1) < 0 && errno != EINTR) return;
    if (watched[1].revents || (watched[0].revents & (POLLHUP | POLLERR)) != 0) return;
    if ((watched[0].revents & POLLIN) == 0) continue;
    seccomp_notif call{};
    // It may have been killed meanwhile.
    if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) continue;

    seccomp_notif_resp answer{};
    answer.id = call.id;
    std::optional<RefusedCall> refused;
    bool exec = is_one_of(call.data.nr, {SYS_execve});
    if ((exec && !runs) || (call.data.nr == SYS_clone3 && wants_thread(call))) {
      answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
      runs = runs || exec;
    } else {
      bool process = call.data.nr == SYS_clone || call.data.nr == SYS_clone3;
      int error = call.data.nr == SYS_kill ? ESRCH : call.data.nr == SYS_socket ? EAFNOSUPPORT : ENOSYS;
      answer.error = -error;
      refused = RefusedCall{process ? "fork" : call_name(call.data.nr), error};
    }
    if (refused) {
      std::unique_lock lock(mutex_);
      bool known = std::any_of(refused_.begin(), refused_.end(),
                               [&](const RefusedCall& one) { return one.name == refused->name; });
      if (!known) refused_.push_back(*refused);
      lock.unlock();
      // Before the program goes on, so that what it says then comes after.
      if (!known && on_refused_) on_refused_(*refused);
    }
    ::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, &answer);
  }
}

}  // namespace faasc
