#pragma once

#include <string>

#include "compiler/driver/command.h"

namespace faasc {

inline constexpr const char* kGlobalOptionsGroup = "Options of every command";
/// Shown by name only by commands that do more than build.
inline constexpr const char* kBuildOptionsGroup = "Options of builds";

/// What `faasc --help` prints: the commands in groups, on one screen. `global` has the options of every
/// command.
std::string general_help(const CLI::App& global);

/// What `faasc help CMD` prints for a command that has others below it.
std::string group_help(const CommandEntry& command);

/// What `faasc help CMD` prints. `app` was configured for the command.
std::string command_help(const CommandEntry& command, const CLI::App& app);

}  // namespace faasc
