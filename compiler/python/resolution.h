#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/cache/step_cache.h"
#include "compiler/python/framework_requirements.h"
#include "compiler/python/interpreter.h"
#include "compiler/python/requirements.h"

namespace faasc::python {

/// What one function requires, and from where it may be taken.
struct ResolutionRequest {
  FrameworkParts parts;  ///< that the function needs, whether or not somebody wrote them down
  Requirements requirements;
  std::filesystem::path file;  ///< that the requirements were read from, for messages; empty: there is none
  std::filesystem::path lock;  ///< requirements.lock, whether or not there is one
  std::filesystem::path wheels;
  std::string index;
  bool offline = false;
  bool locked = false;         ///< nothing but what requirements.lock, or hashes, name
  SourcePlace locked_place;    ///< of the word in the manifest that asks for that
  StepCache* steps = nullptr;  ///< for what is installed from requirements.lock; null: there is none
};

/// Told what is being done, for showing how far the build is.
using ResolutionProgress = std::function<void(const std::string& what)>;

/// The directory of everything that is required, kept in `cache`; empty where nothing is. A requirements.lock
/// that answers these requirements decides the versions. One that does not is a warning, and an error where
/// `locked`; so is none at all, unless the requirements have hashes of their own. After errors in
/// `diagnostics` the path means nothing.
Result<std::filesystem::path> resolve_requirements(const PythonInterpreter& python,
                                                   const ResolutionRequest& request,
                                                   const std::filesystem::path& cache,
                                                   Diagnostics& diagnostics,
                                                   const ResolutionProgress& progress);

/// Resolves the requirements anew, whatever the cache or an earlier lock says, and writes requirements.lock.
/// What is installed for that is kept, so that the next build does not do it again. The number of
/// distributions; 0, and no file, where nothing is required.
Result<int> lock_requirements(const PythonInterpreter& python, const ResolutionRequest& request,
                              const std::filesystem::path& cache, const ResolutionProgress& progress);

}  // namespace faasc::python
