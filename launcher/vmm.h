#pragma once

#include <cstdint>
#include <string_view>

#include "base/process.h"
#include "base/result.h"
#include "launcher/guest_exit.h"

namespace faasc {

/// What runs one guest, as far as a Machine has to do with it.
class Vmm {
 public:
  virtual ~Vmm() = default;

  /// Its process, which ends with the guest. `out` is the guest's console, `err` is for complaints of its
  /// own.
  virtual Child& child() = 0;
  /// What of this host does the guest's work, for whoever looks on from outside.
  virtual pid_t pid() { return child().pid(); }

  /// Whether somebody in the guest listens on a port. Where `needs_connection()`, that is seen only of a
  /// connection from the host that is open or being made.
  virtual Result<bool> accepts(std::uint16_t guest_port) = 0;
  virtual bool needs_connection() const { return true; }

  /// Asks the guest to end. A VMM that fails here is one that has just ended.
  virtual void press_power_button() = 0;
  /// Ends the guest at once.
  virtual void quit() = 0;

  /// Whether what the VMM has written to its standard error tells that the guest is at its end, where the VMM
  /// itself would go on. Also asked in the reader's thread.
  virtual bool is_over([[maybe_unused]] std::string_view errors) const { return false; }

  /// How the guest ended, once the process has: `evidence` is what the Machine knows of it.
  virtual GuestExit how_it_ended(ExitEvidence evidence) = 0;
};

}  // namespace faasc
