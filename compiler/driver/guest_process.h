#pragma once

#include <string>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/driver/session.h"
#include "compiler/driver/vm_options.h"
#include "launcher/machine.h"
#include "packager/disk/guest_settings.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// Has `options` run the program of the spec's image as a process, with the files that are in it and what
/// `settings` add, and report on the console which system calls were refused. FAASC0763 where something else
/// was asked for that needs a machine.
Result<void> run_as_process(Session& session, const VmArguments& arguments, const GuestSettings& settings,
                            const VmSpec& spec, StartOptions& options);

/// The program of the spec's first disk, with its files.
Result<GuestProgram> guest_program_of(const VmSpec& spec);

/// What is to be said of a call that was refused.
Diagnostic finding_of(const RefusedCall& call, const std::string& function);

}  // namespace faasc
