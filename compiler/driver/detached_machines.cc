#include "compiler/driver/detached_machines.h"

namespace faasc {

void say_lost(Session& session, const MachineRegistry::Listing& listing) {
  for (const DetachedMachine& machine : listing.lost)
    session.console().say(machine.name + " (" + machine.id +
                          ") is gone: the process that kept it was killed");
}

}  // namespace faasc
