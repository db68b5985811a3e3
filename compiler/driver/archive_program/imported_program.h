#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "packager/archive/import.h"
#include "packager/kernels/kernel.h"
#include "packager/rootfs/program.h"

namespace faasc {

/// What the command line says about the program; it overrides what a container's configuration says.
struct ProgramWishes {
  std::string executable;              ///< --exec; replaces entry point and command
  std::vector<std::string> arguments;  ///< after the archive; replace the command
  std::vector<std::pair<std::string, std::string>> environment;
  std::string working_directory;
};

/// The program that an imported tree runs: entry point and command as a container engine would start them,
/// the executable looked up in the tree's PATH and through its links, and, for Nanos, which starts ELF files
/// only, a script's interpreter put before it. A working directory that is not there is made, as Docker does.
/// FAASC0538 where there is nothing to run.
Result<Program> imported_program(Imported imported, const ProgramWishes& wishes, KernelFamily family);

}  // namespace faasc
