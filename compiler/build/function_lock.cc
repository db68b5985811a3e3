#include "compiler/build/function_lock.h"

#include "base/file.h"
#include "compiler/build/build_place.h"
#include "compiler/build/build_record.h"
#include "compiler/build/codes.h"
#include "compiler/build/compiled_function.h"
#include "compiler/build/faas_lock.h"
#include "manifests/checks.h"
#include "manifests/project.h"
#include "manifests/reader.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

Result<PythonLock> lock_requirements(const Manifest& manifest, const ProjectListing& listing,
                                     const BuildOptions& options, const BuildTools& tools,
                                     Diagnostics& diagnostics, BuildProgress& progress) {
  CompileJob job{.manifest = manifest,
                 .listing = listing,
                 .tools = tools,
                 .work_dir = {},
                 .offline = options.offline,
                 .locked = false,
                 .architecture = {},
                 .diagnostics = diagnostics,
                 .progress = progress};
  return lock_python_function(job);
}

}  // namespace

Result<LockedFunction> lock_function(const BuildOptions& options, const BuildTools& tools, KernelStore& store,
                                     Diagnostics& diagnostics, BuildProgress& progress) {
  Error refused{Fault::Input, kBuildRefused, "'" + options.manifest.string() + "' was not locked", {}, {}};
  auto manifest = read_manifest(options.manifest, diagnostics, ManifestEnvironment::of_process());
  if (!manifest) return refused;
  FAASC_TRY(ProjectListing listing,
            list_project(manifest->directory).during("looking at the files of the project"));
  resolve_manifest(*manifest, listing, diagnostics);
  if (diagnostics.has_errors()) return refused;
  LockedFunction locked{.name = *manifest->name, .file = faas_lock_path(*manifest)};
  if ((*manifest->runtime)->language == Language::Python) {
    FAASC_TRY(PythonLock python,
              lock_requirements(*manifest, listing, options, tools, diagnostics, progress));
    locked.requirements = std::move(python.file);
    locked.distributions = python.distributions;
    locked.python = std::move(python.python);
  }
  BuildOptions unlocked = options;
  unlocked.lock = LockUse::Ignore;
  // What was found above would be found again.
  Diagnostics found;
  auto built = build_function(unlocked, tools, store, found, progress);
  if (!built) {
    diagnostics = std::move(found);
    return std::move(built).error();
  }
  auto record = BuildRecord::load(build_place_of_image(built->image).record());
  if (!record) return io_error("read", build_place_of_image(built->image).record(), ENOENT);
  FAASC_TRY(KernelStore::Resolved kernel, store.resolve(built->kernel));
  FAASC_TRY(std::vector<Pin> pins, pins_of(record->inputs(), kernel.kernel));
  locked.pins = static_cast<int>(pins.size());
  FAASC_CHECK(write_file_if_changed(locked.file, to_faas_lock(pins)));
  return locked;
}

}  // namespace faasc
