#pragma once

#include "launcher/crash_line.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// What tells places in the program of `spec` from addresses: its build's debug file, if that build is still
/// the one that wrote the disk. Without one, nothing is told. Starts faasc-places when it is asked, not
/// before.
CrashPlaces crash_places_of(const VmSpec& spec);

}  // namespace faasc
