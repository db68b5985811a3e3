#include "compiler/build/affected_function.h"

#include <algorithm>

#include "compiler/build/build_place.h"
#include "compiler/build/build_record.h"

namespace faasc {
namespace fs = std::filesystem;

bool is_affected(const fs::path& path, const std::vector<fs::path>& files,
                 const ManifestEnvironment& environment) {
  Diagnostics complaints;  // are made when it is built
  auto manifest = read_manifest(path, complaints, environment);
  if (!manifest) return true;
  auto record = BuildRecord::load(build_place(*manifest, {}).record());
  if (!record || !record->outputs_are_unchanged()) return true;
  return std::any_of(files.begin(), files.end(), [&](const fs::path& file) {
    return record->concerns(fs::absolute(file).lexically_normal());
  });
}

}  // namespace faasc
