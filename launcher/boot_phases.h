#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace faasc {

/// When a start got how far, counted from the call that began it, or from where its caller began. A phase
/// that was not seen is absent.
struct BootPhases {
  std::string vmm = "QEMU";  ///< what runs the guest, for people
  using Time = std::optional<std::chrono::nanoseconds>;
  Time called;          ///< the caller had the image; absent where times are counted from here
  Time decided;         ///< what machine it is to be, which may take a look at KVM
  Time spawned;         ///< the VMM's process runs
  Time vmm_ready;       ///< the VMM has built the machine and answers
  Time first_console;   ///< the first byte on the console: firmware, kernel or program, whoever speaks first
  Time first_kernel;    ///< the first line that is the kernel's
  Time listening;       ///< the program says that it listens
  Time ready;           ///< the guest accepts connections, and its ready path answers where one was asked
  Time first_response;  ///< the head of the first answer to a request; the ready path does not count
};

/// A table for people: when, how long since the line before, what. Ends with a newline; empty where nothing
/// was seen.
std::string to_text(const BootPhases& phases);

}  // namespace faasc
