#include "compiler/driver/dev/watched_directories.h"

#include <algorithm>

#include "compiler/build/build_place.h"
#include "compiler/build/build_record.h"
#include "manifests/project.h"
#include "manifests/reader.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

bool is_below(const fs::path& path, const fs::path& directory) {
  return std::mismatch(directory.begin(), directory.end(), path.begin(), path.end()).first == directory.end();
}

// What packages change, nobody edits meanwhile.
bool is_systems(const fs::path& path) {
  for (const char* directory : {"/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys", "/dev"})
    if (is_below(path, directory)) return true;
  return path == "/";
}

}  // namespace

Result<WatchedDirectories> watched_directories(const fs::path& manifest_path, const fs::path& output) {
  WatchedDirectories watched;
  fs::path manifest_file = fs::absolute(manifest_path).lexically_normal();
  fs::path project = manifest_file.parent_path();
  watched.directories.insert(project);
  FAASC_TRY(ProjectListing listing, list_project(project));
  for (const std::string& directory : listing.walked)
    watched.directories.insert((project / directory).lexically_normal());

  Diagnostics unread;
  auto manifest = read_manifest(manifest_path, unread, ManifestEnvironment::of_process());
  // One that cannot be read is in the project's directory, which is watched.
  if (!manifest) return watched;
  BuildPlace place = build_place(*manifest, output);
  watched.ignored = {place.image.parent_path(), place.work_dir, place.work_dir.parent_path(), place.image,
                     place.spec};
  if (auto record = BuildRecord::load(place.record()))
    for (const std::string& input : record->inputs()) {
      std::error_code error;
      fs::path path(input);
      watched.directories.insert(fs::is_directory(path, error) ? path : path.parent_path());
    }
  std::erase_if(watched.directories, [&](const fs::path& directory) {
    bool caches = std::any_of(directory.begin(), directory.end(),
                              [](const fs::path& part) { return part == ".cache" || part == ".faasc"; });
    return is_systems(directory) || caches || is_below(directory, place.work_dir);
  });
  // Where the image lies in the project itself, the build's own files are told by their names.
  if (place.image.parent_path() != project) watched.directories.erase(place.image.parent_path());
  return watched;
}

}  // namespace faasc
