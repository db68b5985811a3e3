#include "packager/disk/klibs.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/diagnostics.h"
#include "packager/disk/codes.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

// A library whose dependency is not there keeps Nanos from booting. No file says what needs what.
constexpr std::pair<std::string_view, std::string_view> kNeeds[] = {{"cloud_init", "tls"}, {"radar", "tls"}};

std::vector<std::string> klibs_of(const Kernel& kernel) {
  std::vector<std::string> names;
  std::error_code error;
  if (!kernel.klibs.empty())
    for (fs::directory_iterator entry(kernel.klibs, error), end; !error && entry != end;
         entry.increment(error))
      if (std::error_code ignored; entry->is_regular_file(ignored))
        names.push_back(entry->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

Error missing(const Kernel& kernel, const std::vector<std::string>& present, const std::string& name,
              const std::string& needed_by) {
  std::string list;
  for (const std::string& one : present) list += (list.empty() ? "" : ", ") + one;
  std::string_view near = nearest(name, std::vector<std::string_view>(present.begin(), present.end()));
  std::string what = needed_by.empty()
                         ? "kernel " + kernel.version + " has no library '" + name + "'" +
                               (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?")
                         : "library '" + needed_by + "' needs '" + name + "', which kernel " +
                               kernel.version + " does not have";
  return {Fault::Missing,
          kDiskNoKernelFile,
          std::move(what),
          {},
          list.empty() ? "it has none at all" : "it has " + list};
}

}  // namespace

Result<std::vector<std::string>> klibs_to_load(const Kernel& kernel, const std::vector<std::string>& wanted) {
  std::map<std::string, std::string> needed_by;  // library → who needs it; empty: whoever asks
  for (const std::string& name : wanted) needed_by[name];
  for (const auto& [library, needed] : kNeeds)
    if (needed_by.contains(std::string(library))) needed_by.try_emplace(std::string(needed), library);
  if (needed_by.empty()) return std::vector<std::string>();

  std::vector<std::string> present = klibs_of(kernel), names;
  for (const auto& [name, whose] : needed_by) {
    if (!std::binary_search(present.begin(), present.end(), name))
      return missing(kernel, present, name, whose);
    names.push_back(name);
  }
  return names;
}

}  // namespace faasc
