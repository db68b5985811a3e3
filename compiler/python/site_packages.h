#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "compiler/cache/step_cache.h"
#include "compiler/python/interpreter.h"

namespace faasc::python {

/// What to install for one function.
struct SiteRequest {
  std::vector<std::string> lines;  ///< requirements, as pip takes them
  std::vector<std::string> constraints;
  bool hashes = false;
  bool urls = false;             ///< a line names a URL, so that wheels alone do not keep pip off the network
  std::filesystem::path wheels;  ///< the only place to take distributions from; empty: the index
  std::string index;             ///< a URL; empty: what pip is configured for
  bool offline = false;          ///< touch no network; what was resolved before serves
  bool closed = false;           ///< nothing is needed that the lines do not name
  StepCache* steps = nullptr;    ///< what hosts share of that (SiteStep); null: nothing
};

/// Where a directory comes from that was not there yet.
enum class SiteOrigin : std::uint8_t { Pip, StepCache };

/// A directory with the distributions installed, kept in `cache` under a name that stands for all that
/// decides its contents; it is not changed afterwards. Only wheels are installed: the setup.py of a source
/// distribution would be code of others that runs on the host. `started` is called before pip is, or when the
/// directory was taken from `request.steps`.
Result<std::filesystem::path> site_packages(const PythonInterpreter& python, const SiteRequest& request,
                                            const std::filesystem::path& cache,
                                            const std::function<void(SiteOrigin)>& started = {});

/// One of the distributions that pip chose.
struct InstalledDistribution {
  std::string name, version, sha256;
  std::string url;   ///< only where a requirement names it
  std::string path;  ///< the same, of a file of this host
};

/// What an installation that no cache knows came to.
struct FreshSite {
  TemporaryDirectory work;
  std::vector<InstalledDistribution> distributions;
};

/// Installs without looking into the cache, and tells what pip chose. Needs pip 22.2.
Result<FreshSite> install_afresh(const PythonInterpreter& python, const SiteRequest& request,
                                 const std::filesystem::path& cache);
/// Makes it the cache's answer to `request`.
Result<void> keep_site(FreshSite fresh, const PythonInterpreter& python, const SiteRequest& request,
                       const std::filesystem::path& cache);

}  // namespace faasc::python
