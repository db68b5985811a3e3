#pragma once

#include "base/result.h"

namespace faasc {

/// From now on SIGINT, SIGTERM and SIGHUP do not end the process: they are noted, and whatever waits sees
/// them. A second signal ends the process at once. To be called once, before threads are started. SIGPIPE and
/// SIGXFSZ are ignored, so that a reader that goes away and a limit on file sizes are errors of write().
void catch_interrupts();

/// The signal that was caught, or 0.
int interrupt_signal();

/// Readable once a signal was caught; for poll(). -1 before catch_interrupts().
int interrupt_fd();

/// Interrupted where a signal was caught. Long loops check it, so that everything unwinds and cleans up.
Result<void> check_interrupt();

}  // namespace faasc
