#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "compiler/build/build_names.h"
#include "compiler/build/function_build.h"
#include "compiler/build/function_project.h"
#include "compiler/cache/step_cache.h"
#include "manifests/manifest.h"
#include "manifests/project.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// What decides an image and is known before anything was compiled.
struct ImageQuestion {
  const Manifest& manifest;  ///< resolved
  const ProjectListing& listing;
  const BuildTools& tools;
  const Kernel& kernel;
  std::filesystem::path store_root;  ///< of kernels
  std::string options;               ///< command line and environment, without paths
  bool locked = false;
  std::filesystem::path image, work_dir;
};

/// What both a build and its plan ask of it.
ImageQuestion question_about(const FunctionProject& project, const Kernel& kernel);

/// A whole build of a function as one step: in another checkout, where nothing changed, the image is copied.
class ImageCache {
 public:
  /// Without a cache nothing is found and nothing kept, and a locked build looks at what it takes, each time.
  ImageCache(StepCache* cache, const ImageQuestion& question);

  struct Kept {
    BuiltFunction built;  ///< but for the kernel
    std::vector<std::filesystem::path> inputs;
  };
  /// Puts the image and what lies beside it in place. What was warned of then is warned of again.
  std::optional<Kept> find(Diagnostics& diagnostics);
  /// Whether find() would find it in the cache of this host. Puts nothing anywhere.
  bool knows() const;

  /// `inputs`: files and directories that were read, and paths that nothing was found at, but for the
  /// directories of the listing. `outputs`: all that lie beside the image or in the work directory.
  /// An image is kept only where making it took much longer than keeping it does, so that what is edited and
  /// assembled in no time pays nothing and fills nothing.
  void keep(const BuiltFunction& built, const std::vector<std::filesystem::path>& inputs,
            const std::vector<std::filesystem::path>& outputs, const Diagnostics& diagnostics,
            std::int64_t started_ns);

 private:
  std::optional<std::string> key_of(const ImageQuestion& question);
  StepOutputs named(const std::vector<std::filesystem::path>& outputs) const;

  StepCache* cache_;
  const ProjectListing& listing_;
  std::filesystem::path image_, work_;
  std::optional<BuildNames> names_;  // where there is a cache
  std::string key_;                  // empty: nothing is looked for
};

}  // namespace faasc
