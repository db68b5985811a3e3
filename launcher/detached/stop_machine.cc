#include "launcher/detached/stop_machine.h"

#include <cerrno>
#include <csignal>

#include <sys/syscall.h>

#include <poll.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "launcher/codes.h"

namespace faasc {
namespace {

using Clock = std::chrono::steady_clock;

// On top of the grace period: what the keeper itself allows a guest beyond it, and a busy host.
constexpr auto kMargin = std::chrono::seconds(20);
constexpr auto kKillTime = std::chrono::seconds(5);

void send_signal(const Fd& keeper, int signal) {
  (void)::syscall(SYS_pidfd_send_signal, keeper.get(), signal, nullptr, 0);
}

/// False where the time ran out.
Result<bool> wait_for(const Fd& keeper, Clock::duration timeout) {
  auto deadline = Clock::now() + timeout;
  for (;;) {
    FAASC_CHECK(check_interrupt());
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd fds[2] = {{keeper.get(), POLLIN, 0}, {interrupt_fd(), POLLIN, 0}};
    ::poll(fds, 2, static_cast<int>(left));
    if (fds[0].revents != 0) return true;
  }
}

}  // namespace

Fd keeper_ended(const MachineRegistry& registry, const DetachedMachine& machine) {
  Fd keeper(static_cast<int>(::syscall(SYS_pidfd_open, machine.keeper, 0)));
  // Only while the lock is held is the number the keeper's and nobody else's.
  if (keeper && !registry.is_kept(machine.id)) keeper.reset();
  return keeper;
}

Result<DetachedMachine::End> stop_machine(const MachineRegistry& registry, const DetachedMachine& machine) {
  DetachedMachine::End end;
  Fd keeper = keeper_ended(registry, machine);
  if (keeper) {
    send_signal(keeper, SIGTERM);
    FAASC_TRY(bool ended, wait_for(keeper, machine.grace_period + kMargin));
    if (!ended) {
      send_signal(keeper, SIGKILL);
      FAASC_TRY(ended, wait_for(keeper, kKillTime));
      end = {.text = "did not stop",
             .error = Error{Fault::Timeout,
                            kGuestNotStopped,
                            "'" + machine.name + "' did not stop, and was killed",
                            {},
                            {}}};
    }
  }
  if (auto last = registry.read(machine.id); last && last->end) end = *last->end;
  if (end.text.empty())
    end = {.text = "was killed",
           .error = Error{
               Fault::Host, kKeeperDied, "the process that kept '" + machine.name + "' was killed", {}, {}}};
  FAASC_CHECK(registry.remove(machine.id));
  return end;
}

}  // namespace faasc
