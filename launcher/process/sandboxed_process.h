#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/process.h"
#include "launcher/process/call_watch.h"
#include "launcher/process/control.h"
#include "launcher/process/guest_program.h"
#include "launcher/process/start_order.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

struct SandboxOptions {
  std::filesystem::path sandbox_program;  ///< faasc-sandbox
  std::uint64_t memory_bytes = 0;         ///< what the guest's memory would be
  unsigned vcpus = 1;
  std::vector<Fd> listeners;               ///< sockets of this host that listen
  std::vector<std::uint16_t> guest_ports;  ///< where each of them leads
  bool await_debugger = false;             ///< the program's process waits for a debugger before it begins
  std::function<void(const RefusedCall&)> on_refused;  ///< in a thread of its own
  std::function<void(const std::string&)> on_note;     ///< the command line, for -v
};

/// A function as a process of this host, in a sandbox that bubblewrap makes: a root of its own in memory, no
/// network but an address that only the listeners lead to, no other processes to be seen, and with the system
/// calls of its image's kernel. It ends with this object, and with the thread that started it.
class SandboxedProcess {
 public:
  /// Returns when the program runs, or waits for a debugger to begin.
  static Result<SandboxedProcess> start(const VmSpec& spec, const GuestProgram& program,
                                        SandboxOptions options);

  /// How the program ended, as far as it is known: from its own end on.
  struct End {
    int status = 0, signal = 0;
  };

  /// bubblewrap's process: it ends with the program, whose console is its `out`; `err` is its own and the
  /// sandbox's.
  Child& child() { return *child_; }
  pid_t pid() const { return pid_; }  ///< of the program, as this host sees it
  std::optional<End> end();
  /// Whether anybody listens on the port. False after the end. A process that waits for a debugger goes on in
  /// here, once there is one.
  bool accepts(std::uint16_t port);
  void signal(int number);
  std::vector<RefusedCall> refused() const;

 private:
  SandboxedProcess() = default;
  std::optional<Message> hear();
  void take(Message& message);
  bool is_traced() const;
  Error not_started(std::optional<Message> message, const GuestProgram& program);

  std::optional<Child> child_;
  Fd control_;
  pid_t pid_ = -1;
  std::optional<End> end_;
  bool awaits_debugger_ = false;
  std::function<void(const RefusedCall&)> on_refused_;
  std::unique_ptr<CallWatch> watch_;
};

/// The command that makes the sandbox and starts `sandbox_program` in it, with `control` as its connection to
/// faasc.
std::vector<std::string> bubblewrap_command(const VmSpec& spec, const std::filesystem::path& sandbox_program,
                                            int control);

}  // namespace faasc
