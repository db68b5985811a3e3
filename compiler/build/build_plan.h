#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/build/function_build.h"

namespace faasc {

class StepCache;

/// One thing that a build does or leaves out.
struct PlannedStep {
  std::string name;  ///< "compile hello.cc"
  /// Files, as far as they are known before the step was ever run; other steps' outputs among them.
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::string command;  ///< empty where faasc does it itself, or where an earlier step decides it
  bool runs = false;
  bool cached = false;  ///< does not run, because the cache of this host has what would come of it
  std::string reason;   ///< for any of it
};

/// What build_function would do now, in the order in which it would.
struct BuildPlan {
  std::string function;
  std::filesystem::path image;
  std::string kernel;
  std::vector<PlannedStep> steps;
};

/// Decides by the same records as build_function, and writes nothing. What only a compiler can tell is taken
/// to change: a link that comes after a compilation is one that runs. Complaints as build_function's, as far
/// as they show before anything is compiled. `cache`, which may be null, is only looked at, and only here: a
/// remote one is not asked.
Result<BuildPlan> plan_function(const BuildOptions& options, const BuildTools& tools, KernelStore& store,
                                StepCache* cache, Diagnostics& diagnostics);

}  // namespace faasc
