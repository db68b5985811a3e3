#pragma once

#include <filesystem>
#include <string>

#include "compiler/build/function_build.h"

namespace faasc {

/// What lock_function did.
struct LockedFunction {
  std::string name;
  std::filesystem::path file;  ///< requirements.lock
  int distributions = 0;       ///< 0: the function requires nothing, and nothing was written
  std::string python;          ///< "3.11.7"
};

/// Chooses one version of everything that a function requires and writes it down beside the manifest. Only
/// Python functions have such a file; Go's is go.sum. Complaints about the user's input go to `diagnostics`,
/// as those of a build.
Result<LockedFunction> lock_function(const BuildOptions& options, const BuildTools& tools,
                                     Diagnostics& diagnostics, BuildProgress& progress);

}  // namespace faasc
