#include "compiler/build/data_files.h"

#include <algorithm>

#include <sys/stat.h>

#include "manifests/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

class DataFiles {
 public:
  DataFiles(const Manifest& manifest, Rootfs& rootfs, std::vector<fs::path>& inputs, Diagnostics& diagnostics)
      : manifest_(manifest), rootfs_(rootfs), inputs_(inputs), diagnostics_(diagnostics) {
    std::error_code error;
    project_ = fs::weakly_canonical(manifest.directory, error);
  }

  void add(const Manifest::DataFile& entry) {
    entry_ = &entry;
    fs::path source = manifest_.directory / *entry.from;
    std::error_code error;
    if (!fs::exists(source, error)) {
      inputs_.push_back(source);
      return complain(kDataFileMissing, "there is no '" + *entry.from + "'", entry.from.place,
                      "the path is relative to the directory of faas.yaml");
    }
    if (!inside_project(source))
      return complain(kSymlinkOut, "'" + *entry.from + "' leads out of the project", entry.from.place,
                      "copy the file into the project");
    add_path(source, *entry.to);
  }

 private:
  void complain(const char* code, std::string what, const SourcePlace& place, std::string hint) {
    diagnostics_.add(manifest_.finding(Severity::Error, code, std::move(what), place, std::move(hint)));
  }

  bool inside_project(const fs::path& path) const {
    std::error_code error;
    fs::path real = fs::weakly_canonical(path, error);
    return std::mismatch(project_.begin(), project_.end(), real.begin(), real.end()).first == project_.end();
  }

  void add_node(const fs::path& source, const std::string& guest_path, RootfsNode node) {
    node.why = "files: " + *entry_->from;
    if (auto added = rootfs_.add(guest_path, std::move(node)); !added)
      complain(kBadFileTarget, added.error().what, entry_->to.place, "give it another path in 'to'");
    inputs_.push_back(source);
  }

  void add_path(const fs::path& source, const std::string& guest_path) {
    std::error_code error;
    struct stat status{};
    if (::stat(source.c_str(), &status) != 0)
      return complain(kDataFileMissing, "cannot read '" + source.string() + "'", entry_->from.place, "");
    if (!S_ISDIR(status.st_mode)) {
      auto mode =
          entry_->mode ? static_cast<std::uint32_t>(**entry_->mode) : (status.st_mode & 0111 ? 0755u : 0644u);
      return add_node(source, guest_path, {.content = HostFile{fs::absolute(source)}, .mode = mode});
    }
    add_node(source, guest_path, {.content = Directory{}, .mode = 0755});
    std::vector<fs::path> entries;
    for (const auto& entry : fs::directory_iterator(source, error)) entries.push_back(entry.path());
    std::sort(entries.begin(), entries.end());
    for (const fs::path& path : entries) {
      std::string below = guest_path + "/" + path.filename().string();
      if (!fs::is_symlink(path, error)) {
        add_path(path, below);
      } else if (inside_project(path)) {
        add_node(path, below, {.content = Symlink{fs::read_symlink(path, error).string()}, .mode = 0777});
      } else {
        complain(kSymlinkOut, "the symlink '" + path.string() + "' leads out of the project",
                 entry_->from.place, "put the file itself into the directory");
      }
    }
  }

  const Manifest& manifest_;
  Rootfs& rootfs_;
  std::vector<fs::path>& inputs_;
  Diagnostics& diagnostics_;
  fs::path project_;
  const Manifest::DataFile* entry_ = nullptr;
};

}  // namespace

void add_data_files(const Manifest& manifest, Rootfs& rootfs, std::vector<fs::path>& inputs,
                    Diagnostics& diagnostics) {
  DataFiles files(manifest, rootfs, inputs, diagnostics);
  for (const Manifest::DataFile& entry : manifest.files) files.add(entry);
}

}  // namespace faasc
