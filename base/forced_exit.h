#pragma once

namespace faasc {

/// Is called in the signal handler of catch_interrupts() before a second signal ends the process: what only
/// async-signal-safe calls can still put right.
void before_forced_exit(void (*action)());

}  // namespace faasc
