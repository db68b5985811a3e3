#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "launcher/boot_phases.h"
#include "launcher/boot_plan.h"
#include "launcher/crash_line.h"
#include "launcher/guest_console.h"
#include "launcher/guest_exit.h"
#include "launcher/http_client.h"
#include "launcher/process/call_watch.h"
#include "launcher/process/guest_program.h"
#include "launcher/vmm_choice.h"
#include "packager/spec/qemu_command.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// How a program is run as a process.
struct ProcessChoice {
  GuestProgram program;
  std::filesystem::path sandbox_program;  ///< faasc-sandbox
  bool await_debugger = false;            ///< for a debugger; nothing ever gets ready by itself then
};

struct StartOptions {
  VmmChoice vmm = VmmChoice::Qemu;
  BootChoices boot;
  /// What is already known about KVM on this host. Absent: it is probed where it matters.
  std::optional<KvmVerdict> kvm;
  /// faasc's cache, where it is kept for the next start what had to be measured of this host. Empty: nothing
  /// is kept.
  std::filesystem::path cache;
  /// A host port of 0 takes any that is free. Empty: one free port to the function's.
  std::vector<PortForward> ports;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<unsigned> vcpus;
  QemuOptions::DiskWrites disk_writes = QemuOptions::DiskWrites::Drop;
  /// The program runs as a process of this host, without a machine. What concerns QEMU is of no use then.
  std::optional<ProcessChoice> process;
  std::string qemu;                         ///< empty: the one for the spec's architecture
  std::vector<std::string> qemu_arguments;  ///< after faasc's own; for measuring
  /// Descriptors that QEMU inherits under their numbers: a disk of the spec may be /proc/self/fd/N.
  std::vector<std::shared_ptr<const Fd>> inherited;
  /// What BootPhases are counted from. Absent: Machine::start().
  std::optional<std::chrono::steady_clock::time_point> began;
  /// How long the guest may take to get ready. Absent: the spec's init_timeout, ten times as long without
  /// KVM.
  std::optional<std::chrono::milliseconds> init_timeout;
  /// Tells places in the program from addresses, for the excerpt of an error. Empty: it shows the addresses.
  CrashPlaces crash_places;
  std::size_t console_tail_bytes = GuestConsole::kDefaultTailBytes;
  /// Called for every line the guest prints, in a thread of its own; must not call the machine.
  GuestConsole::Listener on_console;
  /// Called for each system call of a process that was refused, once for each name; as on_console.
  std::function<void(const RefusedCall&)> on_refused;
  /// Called with what was decided and why, and with the command line: for -v. In the caller's thread.
  std::function<void(const std::string&)> on_note;
};

/// A running VM. It ends with this object, and with this process however that ends, SIGKILL included; it also
/// ends with the thread that started it. One thread uses it.
class Machine {
 public:
  /// Starts QEMU and returns when the machine stands: ports are open, the guest is about to run. The image is
  /// only read, unless `disk_writes` says otherwise.
  static Result<Machine> start(const VmSpec& spec, const StartOptions& options = {});

  Machine(Machine&&) noexcept;
  Machine& operator=(Machine&&) noexcept;
  ~Machine();

  /// Waits until the guest serves: it has said so on the console, or its ready path answers 200, and its port
  /// accepts connections. Sends no request but to the ready path. Without a port to look at, the word on the
  /// console is enough.
  Result<void> wait_ready();

  /// One request to the function's port. A guest that comes to its end meanwhile is the error then.
  Result<HttpResponse> request(const HttpRequest& request, const HttpLimits& limits);
  /// With the spec's request_timeout; ten times as long without KVM.
  Result<HttpResponse> request(const HttpRequest& request);

  /// Waits for the guest's end, or for an interrupt, which is an error and leaves the guest running.
  Result<GuestExit> wait();
  /// How the guest ended, where it has.
  std::optional<GuestExit> ended();

  /// Presses the power button, waits for the spec's grace period, and then ends the guest by force. Also
  /// after an interrupt.
  GuestExit stop();

  /// Of a guest that has ended although nobody asked it to: a failure, even where it ended well.
  Error error_of_end();

  /// The failure `exit` is, with the console's last lines; nothing where it is none.
  std::optional<Error> error_of(const GuestExit& exit) const;

  /// The port of the host that leads to `guest_port`, or 0.
  std::uint16_t host_port(std::uint16_t guest_port) const;
  /// "http://127.0.0.1:40123", of the function's port.
  std::string url() const;
  /// Of QEMU, or of the program where that is a process.
  pid_t pid() const;
  const BootPlan& plan() const;
  /// What runs the guest, and how: "microvm, tcg, kernel loaded directly", "a process in a sandbox".
  std::string summary() const;
  BootPhases phases() const;
  const GuestConsole& console() const;

 private:
  struct State;
  explicit Machine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace faasc
