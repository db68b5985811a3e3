#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "compiler/cache/step_cache.h"
#include "compiler/python/interpreter.h"
#include "compiler/python/site_packages.h"

namespace faasc::python {

/// What pip installs from a lock, as a step of the cache of builds, so that another host, or this one after
/// its interpreter was installed anew, installs nothing. The digests of the distributions decide the result,
/// with the interpreter's version and place, which scripts name, and pip's version, which writes the files.
class SiteStep {
 public:
  /// Nothing is found and nothing kept without a cache, without pip, and for what is not from a lock: which
  /// distributions that comes to, only the index knows. Nor for files of this host, whose places pip writes
  /// down.
  SiteStep(StepCache* cache, const PythonInterpreter& python, const SiteRequest& request);

  /// Makes `site`, which is not there yet; false where nobody did it before. `work` is for files in between.
  Result<bool> find(const std::filesystem::path& site, const std::filesystem::path& work) const;
  void keep(const std::filesystem::path& site, const std::filesystem::path& work) const;

 private:
  StepCache* cache_;
  std::string key_;  // empty: nothing is looked for
};

}  // namespace faasc::python
