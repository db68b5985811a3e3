#pragma once

#include <span>
#include <string>

#include "compiler/driver/console.h"
#include "compiler/driver/session.h"

namespace faasc {

/// The program. `arguments` are those after its name. Never throws; the value is the exit status.
int run_faasc(std::span<const std::string> arguments, Console& console, const EnvironmentLookup& environment);

/// The same for this process: catches signals, and exits as one that was interrupted should.
int run_faasc(int argc, char** argv);

}  // namespace faasc
