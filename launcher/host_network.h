#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// Whether this host has the tap device or the bridge that is named; FAASC0755 where it has not. A VMM that
/// opens a tap device by its name makes one where there is none, which leads nowhere.
Result<void> check_network_device(const std::string& tap, const std::string& bridge);

/// A tap device of this host as a VMM takes it: the device `tap`, which is there, or a new one on the bridge
/// `bridge`, made here where that is allowed, and by qemu-bridge-helper otherwise; it is gone with the
/// descriptor. FAASC0755 where there is no such device or bridge, or where it is not ours to use.
Result<Fd> open_tap(const std::string& tap, const std::string& bridge);

}  // namespace faasc
