#include "packager/bill/bill_of_image.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "base/sha256.h"
#include "packager/bill/debian_packages.h"
#include "packager/bill/go_build_info.h"

namespace faasc {
namespace {

constexpr std::uint64_t kMetadataLimit = 4 << 20;
constexpr std::string_view kElf =
    "\x7f"
    "ELF";

// Where packages install programs and libraries, and where an image has them at the same path.
bool may_be_of_a_package(const std::string& path) {
  return path.starts_with("/usr/") || path.starts_with("/lib/") || path.starts_with("/lib64/");
}

// The file that a package has: byte code is made from it.
std::string installed_name(const std::string& path) {
  return path.ends_with(".pyc") ? path.substr(0, path.size() - 1) : path;
}

class Collector {
 public:
  Collector(const OpenedImage& image, const BillRequest& request) : image_(image), request_(request) {}

  Result<Bill> collect() {
    FAASC_TRY(Sha256Digest digest, sha256_of_file(image_.path));
    bill_.function = {.kind = Component::Kind::Function, .name = request_.name, .sha256 = to_hex(digest)};
    add_kernel();
    for (const StoredEntry& entry : image_.root().entries())
      if (entry.kind == StoredEntry::Kind::File) files_.push_back(&entry);
    FAASC_CHECK(add_wheels());
    FAASC_CHECK(add_packages());
    FAASC_CHECK(add_go_modules());
    // A wheel's module that goes by another name than the wheel is not the function's either.
    for (const StoredEntry* file : files_)
      if (!claimed_.contains(file->path) && file->path.find("/site-packages/") == std::string::npos)
        bill_.function.files.push_back(file->path);
    for (auto& [key, component] : components_) {
      std::sort(component.files.begin(), component.files.end());
      bill_.components.push_back(std::move(component));
    }
    return std::move(bill_);
  }

 private:
  Component& component(Component::Kind kind, const std::string& purl) {
    Component& found = components_[{kind, purl}];
    found.kind = kind;
    found.purl = purl;
    return found;
  }
  void claim(Component& component, const std::string& path) {
    claimed_.insert(path);
    component.files.push_back(path);
  }

  void add_kernel() {
    if (request_.kernel_version.empty()) return;
    Component& kernel =
        component(Component::Kind::Kernel, "pkg:generic/" + percent_encoded(request_.kernel_family) + "@" +
                                               percent_encoded(request_.kernel_version));
    kernel.name = request_.kernel_family;
    kernel.version = request_.kernel_version;
  }

  // https://packaging.python.org/en/latest/specifications/core-metadata/
  Result<void> add_wheels() {
    for (const StoredEntry* file : files_) {
      if (!file->path.ends_with(".dist-info/METADATA") || file->size_bytes > kMetadataLimit) continue;
      FAASC_TRY(std::string text, image_.root().read(*file, kMetadataLimit));
      std::istringstream lines(text);
      std::string name, version, license;
      for (std::string line; std::getline(lines, line) && !line.empty() && line != "\r";) {
        if (line.ends_with('\r')) line.pop_back();
        for (auto [field, value] :
             {std::pair{"Name: ", &name}, std::pair{"Version: ", &version},
              std::pair{"License-Expression: ", &license}, std::pair{"License: ", &license}})
          if (line.starts_with(field) && value->empty()) *value = line.substr(std::string_view(field).size());
      }
      if (name.empty()) continue;
      std::string normal = name;
      for (char& c : normal)
        c = c == '_' || c == '.' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      Component& wheel = component(Component::Kind::Library,
                                   "pkg:pypi/" + percent_encoded(normal) + "@" + percent_encoded(version));
      wheel.name = name;
      wheel.version = version;
      wheel.license = license;
      // Its list of files is not in the image. Its metadata are its own, and so are modules of its name.
      const std::string metadata = file->path.substr(0, file->path.rfind('/') + 1);
      std::string module = metadata.substr(0, metadata.rfind('/', metadata.size() - 2) + 1) + normal;
      std::replace(module.begin() + static_cast<std::ptrdiff_t>(module.size() - normal.size()), module.end(),
                   '-', '_');
      for (const StoredEntry* other : files_)
        if (other->path.starts_with(metadata) || other->path.starts_with(module + "/") ||
            other->path == module + ".pyc" || other->path == module + ".py")
          claim(wheel, other->path);
    }
    return {};
  }

  void add_package(const DebianPackage& package, const std::string& path) {
    Component& library = component(Component::Kind::Library, purl_of(package, distribution_));
    library.name = package.name;
    library.version = package.version;
    if (!path.empty()) claim(library, path);
  }

  Result<void> add_packages() {
    std::vector<std::string> asked = request_.linked_files;
    for (const StoredEntry* file : files_)
      if (!claimed_.contains(file->path) && may_be_of_a_package(file->path))
        asked.push_back(installed_name(file->path));
    FAASC_TRY(auto owners, packages_of(asked));
    for (const StoredEntry* file : files_)
      if (auto owner = owners.find(installed_name(file->path));
          owner != owners.end() && !claimed_.contains(file->path))
        add_package(owner->second, file->path);
    for (const std::string& file : request_.linked_files)
      if (auto owner = owners.find(file); owner != owners.end()) add_package(owner->second, "");
    return {};
  }

  Result<void> add_go_modules() {
    for (const StoredEntry* file : files_) {
      if (claimed_.contains(file->path) || file->size_bytes < kElf.size()) continue;
      FAASC_TRY(std::string begin, image_.root().read_at(*file, 0, kElf.size()));
      if (begin != kElf) continue;
      FAASC_TRY(std::string program, image_.root().read(*file));
      auto info = go_build_info(program);
      if (!info) continue;
      Component& library =
          component(Component::Kind::Library, "pkg:golang/std@" + percent_encoded(info->go_version));
      library.name = "Go standard library";
      library.version = info->go_version;
      for (const GoModule& module : info->modules) {
        std::string path;
        for (char c : module.path) path += c == '/' ? "/" : percent_encoded(std::string(1, c));
        Component& linked =
            component(Component::Kind::Library, "pkg:golang/" + path + "@" + percent_encoded(module.version));
        linked.name = module.path;
        linked.version = module.version;
      }
    }
    return {};
  }

  const OpenedImage& image_;
  const BillRequest& request_;
  const std::string distribution_ = host_distribution();
  std::vector<const StoredEntry*> files_;
  std::set<std::string> claimed_;
  std::map<std::pair<Component::Kind, std::string>, Component> components_;
  Bill bill_;
};

}  // namespace

Result<Bill> bill_of_image(const OpenedImage& image, const BillRequest& request) {
  return Collector(image, request).collect();
}

}  // namespace faasc
