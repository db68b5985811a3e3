#pragma once

#include "base/result.h"
#include "compiler/driver/vm_options.h"
#include "packager/disk/guest_settings.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// Connects the machine's card as --net says, and puts the addresses of --ip, --gateway and --dns into `spec`
/// (by which faasc finds the guest) and `settings` (by which the guest does). FAASC0754 for options that mean
/// nothing together, FAASC0756 for what this guest cannot do.
Result<void> change_network(const VmArguments& arguments, VmSpec& spec, GuestSettings& settings);

}  // namespace faasc
