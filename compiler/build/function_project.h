#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/build/build_place.h"
#include "compiler/build/compiled_function.h"
#include "compiler/build/function_build.h"
#include "compiler/build/pins.h"
#include "manifests/manifest.h"
#include "manifests/project.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {

/// What building a function and planning to begin with alike: the manifest, the files around it, the lock,
/// and where everything goes.
class FunctionProject {
 public:
  FunctionProject(const BuildOptions& options, const BuildTools& tools, KernelStore& store,
                  Diagnostics& diagnostics)
      : options_(options), tools_(tools), store_(store), diagnostics_(diagnostics) {}

  /// Reads the manifest alone, which is enough to find the record of an earlier build.
  Result<void> read();
  /// Looks at the files of the project, and reads the lock where there is to be one.
  Result<void> resolve();

  /// The kernel that was asked for, or what is locked, or the best one. A finished program is for one
  /// processor; what faasc compiles is for the kernel's.
  Result<KernelStore::Resolved> choose_kernel() const;

  CompileJob compile_job(const Kernel& kernel, StepCache* cache, BuildProgress& progress) const;

  /// What decides the result beside files and their places. Values of environment variables may be secrets,
  /// so only their digest is in it.
  std::string options_without_places() const;
  /// The same and where the manifest is: what a BuildRecord is for.
  std::string option_key() const;

  bool is_locked() const;
  /// FAASC0870 where the lock names other things than these and the kernel.
  Result<void> check_lock(const Kernel& kernel, const std::vector<std::filesystem::path>& inputs) const;

  /// An error where the user's input was complained of.
  Result<void> refuse_if_complaints() const;

  const BuildOptions& options() const { return options_; }
  const BuildTools& tools() const { return tools_; }
  KernelStore& store() const { return store_; }
  Diagnostics& diagnostics() const { return diagnostics_; }
  const Manifest& manifest() const { return manifest_; }
  const ProjectListing& listing() const { return listing_; }
  const BuildPlace& place() const { return place_; }
  /// What resolve() has read.
  const std::vector<std::filesystem::path>& inputs() const { return inputs_; }
  /// The directories in which it looked around.
  const std::vector<std::filesystem::path>& walked() const { return walked_; }

 private:
  Error refused() const;
  std::string kernel_selector() const;

  const BuildOptions& options_;
  const BuildTools& tools_;
  KernelStore& store_;
  Diagnostics& diagnostics_;
  Manifest manifest_;
  ProjectListing listing_;
  BuildPlace place_;
  std::optional<std::vector<Pin>> locked_;
  std::vector<std::filesystem::path> inputs_, walked_;
};

}  // namespace faasc
