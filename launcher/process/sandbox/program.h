#pragma once

#include <sys/types.h>

#include "base/file.h"
#include "launcher/process/control.h"
#include "launcher/process/start_order.h"

namespace faasc {

/// What could not be done, as NotStarted tells it.
struct Failure {
  Step step = Step::Order;
  int error = 0;  ///< errno; 0: nothing failed
};

/// Makes the root what the order says: read-only or of a limited size, with empty directories where the
/// program may write.
Failure prepare_root(const StartOrder& order);

/// Gives the loopback device the address that the guest would have, beside its own.
Failure prepare_network(const StartOrder& order);

/// Starts the program as a child: limits, processors, rights, the filter of its system calls. Its process is
/// the second of the sandbox. Says Started and Runs, and before the latter CallsWait where there is a filter.
/// Standard output and error are this process's standard output.
Failure start_program(const StartOrder& order, const Fd& control, pid_t& pid);

}  // namespace faasc
