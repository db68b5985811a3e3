#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/build/build_plan.h"
#include "compiler/build/function_build.h"
#include "compiler/build/function_lock.h"
#include "compiler/driver/project_options.h"
#include "compiler/driver/session.h"
#include "packager/spec/vm_spec.h"

namespace CLI {
class App;
}

namespace faasc {

/// What build, run, invoke and test are pointed at.
struct TargetArguments {
  ProjectOptions project;  ///< the project, or for what needs no building an image or a VM spec
  std::string output;      ///< -o
  std::string kernel;      ///< --kernel
  unsigned jobs = 0;
  std::optional<DepfileRequest> depfile;  ///< -MD and its like
  bool keep_time = false;                 ///< --restat
  bool locked = false;                    ///< --locked
  bool debuggable = false;                ///< compiled for a debugger
  bool digest = false;                    ///< the image's digest is going to be shown
};

/// Declares how a function is built: its manifest, kernel and jobs. `jobs` is the line of help of -j.
void add_build_options(CLI::App& app, TargetArguments& arguments,
                       const std::string& jobs = "sources to compile at a time");

/// Declares the target, too. `what` is the target's line of help.
void add_target_options(CLI::App& app, TargetArguments& arguments, const std::string& what);

/// Builds the function if anything changed, with progress and findings on the console. Nothing where the
/// findings stopped it: Session::status() is the exit status then.
Result<std::optional<BuiltFunction>> build_target(Session& session, const TargetArguments& arguments);

/// One of several functions that are built in one call.
struct BatchItem {
  TargetArguments arguments;           ///< with a path for its project
  std::optional<BuiltFunction> built;  ///< nothing where it was not
  bool begun = false;                  ///< not, where others failed before its turn
};

/// What to call it: its directory, as the user named it.
std::string name_of(const BatchItem& item);

/// Builds them side by side, at most `jobs` at a time (0: one for each processor), findings of one function
/// in one piece. After a failure no further one is begun, unless `keep_going`. An error is what stopped the
/// whole: an interrupt, or a part of faasc that is missing.
Result<void> build_batch(Session& session, std::vector<BatchItem>& items, unsigned jobs, bool keep_going);

/// What building it would do; writes nothing. Nothing as above.
Result<std::optional<BuildPlan>> plan_target(Session& session, const TargetArguments& arguments,
                                             StepCache* cache);

/// Builds the function and writes its faas.lock, and before that the requirements.lock of a Python function.
/// Nothing as above.
Result<std::optional<LockedFunction>> lock_target(Session& session, const TargetArguments& arguments);

/// The VM spec that `arguments` name, or that of the image that they name; nothing where they name a project.
Result<std::optional<std::filesystem::path>> spec_of(const TargetArguments& arguments);

/// Reads a spec that is there. What it describes can be run here: disks that no VMM reads are unpacked.
Result<VmSpec> load_spec(Session& session, const std::filesystem::path& path);

/// The machine that `arguments` mean: read where they name an image or a spec, built where they name a
/// project. Nothing as above.
Result<std::optional<VmSpec>> read_target(Session& session, const TargetArguments& arguments);

/// The same, ready to be run here: disks that no VMM reads are unpacked.
Result<std::optional<VmSpec>> load_target(Session& session, const TargetArguments& arguments);

/// `path` as one would type it here: relative where it lies below the working directory.
std::string as_typed(const std::filesystem::path& path);

}  // namespace faasc
