#include "compiler/build/function_lock.h"

#include "compiler/build/codes.h"
#include "compiler/build/compiled_function.h"
#include "compiler/python/codes.h"
#include "manifests/checks.h"
#include "manifests/project.h"
#include "manifests/reader.h"

namespace faasc {

Result<LockedFunction> lock_function(const BuildOptions& options, const BuildTools& tools,
                                     Diagnostics& diagnostics, BuildProgress& progress) {
  Error refused{Fault::Input, kBuildRefused, "'" + options.manifest.string() + "' was not locked", {}, {}};
  auto manifest = read_manifest(options.manifest, diagnostics, ManifestEnvironment::of_process());
  if (!manifest) return refused;
  FAASC_TRY(ProjectListing listing,
            list_project(manifest->directory).during("looking at the files of the project"));
  resolve_manifest(*manifest, listing, diagnostics);
  if (diagnostics.has_errors()) return refused;
  if (Language language = (*manifest->runtime)->language; language != Language::Python)
    return Error{
        .fault = Fault::Input,
        .code = kNothingToLock,
        .what = "there is nothing to lock in a function of runtime '" + std::string(name_of(language)) + "'",
        .during = {},
        .hint = language == Language::Go ? "go.sum does that; 'go mod tidy' writes it"
                                         : "only Python functions have requirements"};
  CompileJob job{.manifest = *manifest,
                 .listing = listing,
                 .tools = tools,
                 .work_dir = {},
                 .offline = options.offline,
                 .architecture = {},
                 .diagnostics = diagnostics,
                 .progress = progress};
  FAASC_TRY(PythonLock lock, lock_python_function(job));
  return LockedFunction{.name = *manifest->name,
                        .file = std::move(lock.file),
                        .distributions = lock.distributions,
                        .python = std::move(lock.python)};
}

}  // namespace faasc
