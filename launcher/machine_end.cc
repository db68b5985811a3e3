#include <algorithm>
#include <csignal>

#include <poll.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "launcher/codes.h"
#include "launcher/machine_state.h"

// How a machine comes to its end, and what is said of it then.

namespace faasc {
namespace {

using std::chrono::milliseconds;

constexpr auto kQuitTimeout = std::chrono::seconds(2);
// On top of the grace period, which the guest's own server allows itself: what the kernel needs around it.
constexpr auto kPowerOffTime = std::chrono::seconds(2);
constexpr std::size_t kTellingLines = 15;
constexpr std::size_t kDumpLines = 200;  // more than a kernel's dump of registers and stack has

}  // namespace

bool Machine::State::has_ended() {
  if (exit) return true;
  if (over) {
    vmm->child().signal(SIGKILL);
    vmm->child().wait();
  }
  if (!vmm->child().try_wait()) return false;
  collect_exit();
  return true;
}

const GuestExit& Machine::State::collect_exit() {
  if (exit) return *exit;
  ExitEvidence evidence;
  evidence.vmm = vmm->child().wait();
  if (reader.joinable()) reader.join();
  evidence.has_exit_port = spec.exit_port.has_value();
  evidence.has_semihosting_exit = spec.semihosting_exit;
  evidence.has_init = spec.kernel_family == "linux";
  evidence.console_tail = console.tail();
  evidence.asked_to_stop = asked_to_stop;
  evidence.forced = forced;
  {
    std::lock_guard lock(mutex);
    evidence.vmm_errors = vmm_errors;
  }
  exit = vmm->how_it_ended(std::move(evidence));
  return *exit;
}

std::vector<std::string> Machine::State::last_words() const {
  return with_places(telling_lines(console.last_lines(kDumpLines), kTellingLines), options.crash_places);
}

Error Machine::State::error_of_end(std::string_view during) {
  const GuestExit& how = collect_exit();
  auto lines = last_words();
  Error error = error_of_early_end(how, std::move(lines));
  error.during.emplace_back(during);
  return error;
}

void Machine::State::pause(int timeout_ms, int other_fd) {
  pollfd fds[4] = {{vmm->child().ended().get(), POLLIN, 0},
                   {events.get(), POLLIN, 0},
                   {interrupt_fd(), POLLIN, 0},
                   {other_fd, POLLIN, 0}};
  ::poll(fds, 4, timeout_ms);
  std::uint64_t count;
  [[maybe_unused]] ssize_t got = ::read(events.get(), &count, sizeof count);
}

bool Machine::State::wait_for_end(Clock::duration timeout) {
  auto deadline = Clock::now() + timeout;
  for (;;) {
    auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    pollfd ended{vmm->child().ended().get(), POLLIN, 0};
    int ready = ::poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0) return false;
  }
}

void Machine::State::end_by_force() {
  if (vmm && !vmm->child().try_wait()) {
    vmm->child().signal(SIGKILL);
    vmm->child().wait();
  }
  if (reader.joinable()) reader.join();
}

Result<GuestExit> Machine::wait() {
  while (!state_->has_ended()) {
    FAASC_CHECK(check_interrupt());
    state_->pause(-1);
  }
  return *state_->exit;
}

std::optional<GuestExit> Machine::ended() {
  state_->has_ended();
  return state_->exit;
}

GuestExit Machine::stop() {
  State& state = *state_;
  if (state.has_ended()) return *state.exit;
  state.asked_to_stop = true;
  state.vmm->press_power_button();
  if (!state.wait_for_end(state.spec.grace_period + kPowerOffTime)) {
    state.forced = true;
    state.vmm->quit();
    if (!state.wait_for_end(kQuitTimeout)) state.vmm->child().signal(SIGKILL);
  }
  return state.collect_exit();
}

Error Machine::error_of_end() {
  return error_of_early_end(state_->collect_exit(), state_->last_words());
}

std::optional<Error> Machine::error_of(const GuestExit& exit) const {
  return faasc::error_of(exit, state_->last_words());
}

}  // namespace faasc
