#pragma once

#include <filesystem>
#include <string>

#include "compiler/build/function_build.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {

/// What lock_function did.
struct LockedFunction {
  std::string name;
  std::filesystem::path file;          ///< faas.lock
  int pins = 0;                        ///< in it
  std::filesystem::path requirements;  ///< requirements.lock of a Python function
  int distributions = 0;               ///< in that; 0: it requires nothing, and there is no such file
  std::string python;                  ///< "3.11.7"
};

/// Writes down beside the manifest what the function is made of now: faas.lock, after a build that goes by no
/// earlier one. For a Python function one version of everything that it requires is chosen before
/// (requirements.lock); Go's modules are those of go.mod and go.sum. Complaints about the user's input go to
/// `diagnostics`, as those of a build.
Result<LockedFunction> lock_function(const BuildOptions& options, const BuildTools& tools, KernelStore& store,
                                     Diagnostics& diagnostics, BuildProgress& progress);

}  // namespace faasc
