#include "compiler/python/site_step.h"

#include <algorithm>

#include "base/file_stamp.h"
#include "packager/cpio/packed_tree.h"

namespace faasc::python {
namespace fs = std::filesystem;
namespace {

constexpr const char* kTree = "tree";

// Of the first one that the interpreter would import; empty where there is none. Its version is in the name
// of the directory that describes it, so that nothing has to be started.
std::string pip_version(const PythonInterpreter& python) {
  for (const fs::path& directory : python.site_directories) {
    std::error_code error;
    std::string found;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.starts_with("pip-") && (name.ends_with(".dist-info") || name.ends_with(".egg-info")))
        found = std::max(found, name);
    }
    if (!found.empty()) return found;
  }
  return {};
}

std::string key_of(const PythonInterpreter& python, const SiteRequest& request) {
  const std::string pip = pip_version(python);
  if (!request.closed || !request.hashes || pip.empty()) return {};
  std::string text =
      python.version() + " " + python.platform() + " " + python.executable.string() + "\n" + pip + "\n";
  for (const std::string& line : request.lines) {
    if (line.starts_with('/')) return {};
    // Where distributions may be taken from; which they are, the digests say.
    if (!line.starts_with('-')) text += line + "\n";
  }
  return StepCache::key("python.site", text);
}

}  // namespace

SiteStep::SiteStep(StepCache* cache, const PythonInterpreter& python, const SiteRequest& request)
    : cache_(cache), key_(cache ? key_of(python, request) : "") {}

Result<bool> SiteStep::find(const fs::path& site, const fs::path& work) const {
  if (key_.empty()) return false;
  const fs::path packed = work / "site.packed";
  auto step = cache_->find(key_, {}, StepOutputs{{kTree, packed}});
  if (!step || step->outputs.empty()) return false;
  FAASC_TRY(bool unpacked, unpack_tree(packed, site));
  std::error_code error;
  fs::remove(packed, error);
  if (!unpacked) fs::remove_all(site, error);
  return unpacked;
}

void SiteStep::keep(const fs::path& site, const fs::path& work) const {
  if (key_.empty()) return;
  const fs::path packed = work / "site.packed";
  // Without what is kept, the next one installs it again.
  if (!pack_tree(site, packed)) return;
  cache_->keep(key_, {}, {}, {{kTree, packed}}, "", file_clock_ns());
  std::error_code ignored;
  fs::remove(packed, ignored);
}

}  // namespace faasc::python
