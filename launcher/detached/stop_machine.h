#pragma once

#include "base/result.h"
#include "launcher/detached/detached_machine.h"
#include "launcher/detached/machine_registry.h"

namespace faasc {

/// Asks the keeper of a detached machine to stop it, waits until that has happened (the guest drains within
/// its grace period, then it is ended by force), and removes its entry. A keeper that does not come to an end
/// is killed, and the machine with it. Of one that has ended before, only the entry is removed. How the
/// machine ended comes back; an interrupt is an error, and leaves the machine to its keeper.
Result<DetachedMachine::End> stop_machine(const MachineRegistry& registry, const DetachedMachine& machine);

/// Readable once the keeper has ended; for poll(). Nothing where it has already.
Fd keeper_ended(const MachineRegistry& registry, const DetachedMachine& machine);

}  // namespace faasc
