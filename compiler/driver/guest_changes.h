#pragma once

#include "base/result.h"
#include "compiler/driver/session.h"
#include "compiler/driver/vm_options.h"
#include "launcher/machine.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// What run, invoke, test, dev and debug start a guest with, where crashes are shown in its source.
///
/// Makes `spec` the machine that the options ask for, where that is more than sizes: a process of this host,
/// or what the guest is to find that is not in its image. The image is neither built again nor written to:
/// Nanos gets an overlay of it, Linux a small disk besides, both in memory and without a name; the result
/// keeps them, and QEMU inherits them.
Result<StartOptions> prepare_guest(Session& session, const VmArguments& arguments, VmSpec& spec);

}  // namespace faasc
