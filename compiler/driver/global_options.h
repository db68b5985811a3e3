#pragma once

#include "base/result.h"
#include "compiler/driver/command.h"
#include "compiler/driver/session.h"

namespace faasc {

/// What was written on the command line, before it is made sense of.
struct GlobalArguments {
  bool verbose = false, quiet = false, offline = false, help = false, version = false;
  std::string color = "auto";
  std::string format;
  std::vector<std::string> diagnostics_files;
};

/// Declares the options of every command on `app`. `arguments` must outlive it.
void add_global_options(CLI::App& app, GlobalArguments& arguments);

/// Decides what was left to the environment: colours by NO_COLOR and the terminal, the format by
/// GITHUB_ACTIONS.
Result<GlobalOptions> resolve_global_options(const GlobalArguments& arguments, bool terminal,
                                             const EnvironmentLookup& environment);

}  // namespace faasc
