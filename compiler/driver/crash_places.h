#pragma once

#include <filesystem>

#include "launcher/crash_line.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// The unstripped program of the build that wrote the spec's disk; empty where it is not there, or that build
/// is not the last one.
std::filesystem::path debug_file_of(const VmSpec& spec);

/// What tells places in the program of `spec` from addresses: its build's debug file, if that build is still
/// the one that wrote the disk. Without one, nothing is told. Starts faasc-places when it is asked, not
/// before.
CrashPlaces crash_places_of(const VmSpec& spec);

}  // namespace faasc
