#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/function.h"
#include "packager/rootfs/program.h"

namespace faasc {

/// A Linux program that somebody else's tools have made: Rust, C, an interpreter with its script.
struct FinishedProgramRequest {
  std::filesystem::path project_dir = ".";  ///< as the user would type it
  std::string path;  ///< relative to the project, or an absolute path of this host: "/usr/bin/node"
  SourcePlace place;
  std::vector<std::string> arguments;  ///< after the program's own name
};

struct FinishedProgram {
  Function function;           ///< of kind "server": the program listens on $PORT itself
  Program program;             ///< without the libraries it needs; see add_libraries
  std::filesystem::path file;  ///< the program on this host, with links followed
};

/// "x86_64" or "aarch64", which the program is for; empty where it is none that read_finished_program takes.
std::string architecture_of_program(const FinishedProgramRequest& request);

/// Looks at the program without running it. One of the project lies under /app in the guest, so that what it
/// finds relative to itself ($ORIGIN) keeps its place; one of the host lies where it lies there. What the
/// user can mend is said in `diagnostics`, and then the value is without meaning.
Result<FinishedProgram> read_finished_program(const FinishedProgramRequest& request,
                                              Diagnostics& diagnostics);

/// Adds the shared libraries that the program and the ELF files beside it (plugins that it opens by name)
/// need, found as elf_closure finds them.
Result<void> add_libraries(Program& program);

}  // namespace faasc
