#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// Speaks QMP, QEMU's machine protocol (docs/interop/qmp-spec), over one end of a socket pair. For one
/// thread.
class Monitor {
 public:
  explicit Monitor(Fd socket) : socket_(std::move(socket)) {}

  /// Waits for QEMU's greeting and answers it. QEMU greets when the machine stands, before the guest runs its
  /// first instruction or soon after.
  Result<void> greet(std::chrono::milliseconds timeout);

  /// "system_powerdown", "quit"; commands without arguments.
  Result<void> execute(std::string_view command);
  /// A command of QEMU's monitor for people, and its answer.
  Result<std::string> ask(std::string_view command_line);

  /// Takes what QEMU has said meanwhile, without waiting.
  void drain();
  /// The reason of QEMU's SHUTDOWN event, as far as it was read: "guest-reset", "guest-shutdown", …; empty:
  /// none.
  const std::string& shutdown_reason() const { return shutdown_reason_; }

 private:
  Result<std::string> receive_line(std::chrono::steady_clock::time_point deadline);
  Result<std::string> round_trip(std::string_view command, std::string_view message);
  void note_event(std::string_view line);

  Fd socket_;
  std::string received_;
  std::string shutdown_reason_;
};

}  // namespace faasc
