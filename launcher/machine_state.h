#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include <sys/eventfd.h>

#include "base/file.h"
#include "base/process.h"
#include "launcher/host_architecture.h"
#include "launcher/machine.h"
#include "launcher/qemu_vmm.h"
#include "launcher/thread_activity.h"
#include "launcher/vmm.h"

namespace faasc {

/// What a Machine is made of. Two threads have to do with it: the reader's, which reads what the VMM
/// and the guest print, and the caller's, which does everything else.
struct Machine::State {
  using Clock = std::chrono::steady_clock;
  static constexpr int kEmulationFactor = 10;  ///< how much more time a guest gets without KVM

  State(const VmSpec& the_spec, const StartOptions& the_options)
      : spec(the_spec),
        options(the_options),
        console([this](const ConsoleLine& line) { on_line(line); }, the_options.console_tail_bytes) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { end_by_force(); }

  // ---- starting
  Result<void> prepare();
  void learn_kvm();
  Result<void> decide();
  QemuOptions qemu_options();
  Result<void> launch();
  Result<void> launch_process();
  Result<void> launch_api_vmm();
  void start_reader();
  Result<void> learn_ports(Monitor& monitor);

  // ---- the reader's thread
  void read_streams();
  void on_line(const ConsoleLine& line);
  void wake();

  // ---- the caller's thread
  Result<void> wait_ready();
  bool has_ended();
  const GuestExit& collect_exit();
  std::vector<std::string> last_words() const;
  Error error_of_end(std::string_view during);
  Error not_ready(std::chrono::milliseconds limit, const ThreadActivity* activity);
  void pause(int timeout_ms, int other_fd = -1);
  bool wait_for_end(Clock::duration timeout);
  void end_by_force();
  void note(const std::string& text) const {
    if (options.on_note) options.on_note(text);
  }
  std::chrono::nanoseconds elapsed() const { return Clock::now() - options.began.value_or(origin); }
  int patience() const { return plan.accelerator == Accelerator::Tcg || crawls ? kEmulationFactor : 1; }
  /// Where the function is reached: a port of the host that leads to it, or the guest's own address. 0 and an
  /// empty one where neither is known.
  std::uint16_t function_port() const;
  std::string function_host() const;
  bool on_host_network() const { return !spec.nics.empty() && spec.nics.front().of_the_host(); }
  Result<void> open_taps(QemuOptions& qemu, std::vector<int>& inherited);
  Result<void> start_share_servers(QemuOptions& qemu, std::vector<int>& inherited);

  VmSpec spec;
  StartOptions options;
  BootPlan plan;
  Clock::time_point origin = Clock::now();
  std::vector<PortForward> ports;

  std::vector<Fd> attached;          // what QEMU inherits for its cards and shares
  std::vector<Child> share_servers;  // virtiofsd, one for each share
  std::unique_ptr<Vmm> vmm;
  std::optional<GuestExit> exit;
  bool asked_to_stop = false;
  bool forced = false;
  bool crawls = false;  // KVM is emulated itself
  QemuOptions::Sandbox sandbox = QemuOptions::Sandbox::On;

  GuestConsole console;
  std::thread reader;
  Fd events{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};  // the reader has news
  std::atomic<bool> listening = false;
  std::atomic<bool> over = false;  // as Vmm::is_over() says
  mutable std::mutex mutex;        // guards what is below
  BootPhases phases;
  std::string vmm_errors;
  std::string guest_address;  // as its kernel has told
};

}  // namespace faasc
