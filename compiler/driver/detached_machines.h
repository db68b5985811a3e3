#pragma once

#include "compiler/driver/session.h"
#include "launcher/detached/machine_registry.h"

namespace faasc {

/// Says which machines are gone because their keeper was killed.
void say_lost(Session& session, const MachineRegistry::Listing& listing);

}  // namespace faasc
