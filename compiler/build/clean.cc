#include "compiler/build/clean.h"

#include <algorithm>

#include "base/file.h"
#include "compiler/build/build_record.h"
#include "packager/spec/vm_spec.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// One build's work directory, `.faasc/<stem of the image>`.
Result<void> clean_one(const fs::path& work_dir, std::vector<fs::path>& removed) {
  FAASC_TRY(FileLock lock, FileLock::acquire(work_dir / "lock"));
  std::error_code error;
  if (auto record = BuildRecord::load(work_dir / "record.json")) {
    for (const fs::path output : record->outputs()) {
      // What lies in the work directory goes with it.
      if (output.string().starts_with(work_dir.string() + "/")) continue;
      if (fs::remove(output, error)) removed.push_back(output);
      if (error) return io_error("remove", output, error.value());
    }
  }
  fs::remove_all(work_dir, error);
  if (error) return io_error("remove", work_dir, error.value());
  removed.push_back(work_dir);
  return {};
}

}  // namespace

Result<std::vector<fs::path>> clean_builds(const fs::path& directory, std::string_view image) {
  std::vector<fs::path> removed, work_dirs;
  std::error_code error;
  fs::path builds = fs::absolute(directory).lexically_normal() / ".faasc";
  for (const auto& entry : fs::directory_iterator(builds, error)) {
    if (!entry.is_directory(error)) continue;
    if (image.empty() || entry.path().filename() == vm_spec_path(image).stem().stem())
      work_dirs.push_back(entry.path());
  }
  for (const fs::path& work_dir : work_dirs) FAASC_CHECK(clean_one(work_dir, removed));
  // Fails where something is left, which then is not ours.
  if (fs::remove(builds, error)) fs::remove(builds.parent_path(), error);
  std::sort(removed.begin(), removed.end());
  return removed;
}

}  // namespace faasc
