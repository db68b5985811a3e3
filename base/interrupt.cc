#include "base/interrupt.h"

#include <atomic>
#include <csignal>

#include <sys/eventfd.h>

#include <unistd.h>

#include "base/codes.h"
#include "base/forced_exit.h"

namespace faasc {
namespace {

std::atomic<int> g_signal = 0;
std::atomic<void (*)()> g_before_exit = nullptr;
int g_event = -1;

void on_signal(int signal) {
  if (g_signal.exchange(signal) != 0) {
    if (auto action = g_before_exit.load()) action();
    _exit(128 + signal);
  }
  std::uint64_t one = 1;
  [[maybe_unused]] ssize_t written = ::write(g_event, &one, sizeof one);
}

}  // namespace

void catch_interrupts() {
  g_event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct sigaction action{};
  action.sa_handler = on_signal;
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // A shell that starts us in the background of a script leaves SIGINT ignored; nohup leaves SIGHUP
    // ignored.
    struct sigaction inherited{};
    if (::sigaction(signal, nullptr, &inherited) == 0 && inherited.sa_handler == SIG_IGN) continue;
    ::sigaction(signal, &action, nullptr);
  }
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
}

void before_forced_exit(void (*action)()) {
  g_before_exit = action;
}

int interrupt_signal() {
  return g_signal.load();
}
int interrupt_fd() {
  return g_event;
}

Result<void> check_interrupt() {
  if (g_signal.load() == 0) return {};
  return Error{Fault::Interrupted, kInterrupted, "interrupted", {}, {}};
}

}  // namespace faasc
