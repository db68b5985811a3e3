#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/process.h"
#include "base/result.h"
#include "launcher/crash_cause.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// How a guest came to its end.
struct GuestExit {
  enum class How : std::uint8_t {
    Exited,      ///< the program returned `code`
    Signaled,    ///< the program was ended by `signal`
    Failed,      ///< the kernel could not start the program, or gave up; `detail` says why
    PoweredOff,  ///< an orderly power-off that tells no status
    Reset,       ///< the guest reset itself: a triple fault, or a kernel that was told to reboot
    Killed,      ///< the VMM was ended by `signal` from outside
    Forced,      ///< we ended it, because it did not stop when asked to
    VmmFailed,   ///< the VMM gave up; `detail` is what it said
  };
  How how = How::Exited;
  int code = 0;
  int signal = 0;
  std::string detail;
  std::string vmm = "QEMU";                ///< what ran it, for people
  bool after_stop = false;                 ///< it had been asked to stop
  bool seven_bits = false;                 ///< of `code` no more is known than the lowest seven
  CrashCause cause = CrashCause::Unknown;  ///< of a signal

  /// Exited with 0 or powered off; or ended by SIGTERM once it was asked to stop.
  bool ok() const;
};

/// What is known when a VMM has ended.
struct ExitEvidence {
  ExitStatus vmm;
  bool has_exit_port = false;
  bool has_semihosting_exit = false;
  bool has_init = false;        ///< the guest has an init of ours, whose word on the console counts
  std::string shutdown_reason;  ///< of QMP's SHUTDOWN event: "guest-shutdown", "guest-reset",
                                ///< "host-qmp-quit"; empty: none seen
  std::string console_tail;
  std::string vmm_errors;  ///< what it wrote to its standard error
  bool asked_to_stop = false;
  bool forced = false;  ///< we told it to quit, or killed it
};

/// Source of the numbers: QEMU's isa-debug-exit device makes QEMU end with (value << 1) | 1, and a
/// semihosting exit makes it end with the value, which QEMU's own failures are told from by what it says.
/// Nanos writes the program's exit code; the signal's number where a signal ended it, which its console tells
/// apart; 127 where it could not start the program. Our init for Linux says on the console how the program
/// ended.
GuestExit decode_exit(const ExitEvidence& evidence);

/// "exited with status 7", "was ended by signal 11 (SIGSEGV)", …: to follow "the guest" or "the program".
std::string to_text(const GuestExit& exit);

/// The failure that `exit` is, or nothing where it is ok().
std::optional<Error> error_of(const GuestExit& exit, std::vector<std::string> console_lines);

/// The same of a guest of which something was still wanted: that it ended well is a failure, too.
Error error_of_early_end(const GuestExit& exit, std::vector<std::string> console_lines);

/// The lines of a console's end that tell the cause: the last ones, at most `count`; where a kernel has
/// printed registers and stack of a program that a signal ended, those before that and the few of the dump
/// that matter.
std::vector<std::string> telling_lines(const std::vector<std::string>& lines, std::size_t count);

/// "SIGSEGV", or "signal 99" for a number without a name.
std::string signal_name(int signal_number);

}  // namespace faasc
