#include <set>

#include "packager/spec/targets/renderers.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

std::string go_name(const std::string& architecture) {
  return architecture == "aarch64" ? "arm64" : "amd64";
}

}  // namespace

MachineImage machine_image(const VmSpec& spec) {
  MachineImage image{.plan = {.reference = spec.name,
                              .architecture = go_name(spec.architecture),
                              .port = spec.nics.empty() ? std::uint16_t{0} : spec.http_port,
                              .annotations = {{"org.opencontainers.image.title", spec.name}},
                              .files = {}},
                     .inside = spec};
  std::set<std::string> taken;
  auto take = [&](const fs::path& host, const std::string& directory) {
    std::string path = directory + "/" + host.filename().string();
    // Two disks of one name lie in different directories of the host.
    for (int i = 1; !taken.insert(path).second; ++i)
      path = directory + "/" + std::to_string(i) + "-" + host.filename().string();
    image.plan.files.push_back({.path = path, .host = host, .text = {}});
    return fs::path(path);
  };
  for (VmSpec::Disk& disk : image.inside.disks) disk.path = take(disk.path, "/disk");
  if (image.inside.direct_boot) {
    VmSpec::DirectBoot& boot = *image.inside.direct_boot;
    boot.kernel = take(boot.kernel, "/boot");
    if (!boot.initrd.empty()) boot.initrd = take(boot.initrd, "/boot");
  }
  image.plan.files.push_back(
      {.path = "/" + spec.name + ".vm.json", .host = {}, .text = to_json(image.inside, "/")});
  return image;
}

// For whoever distributes machines by a registry of containers. A container engine has nothing to run in it.
Result<Rendering> render_oci(const VmSpec& spec, const RenderOptions&) {
  Rendering rendering;
  VmSpec alone = spec;
  lose_volumes(alone, rendering);
  rendering.text = to_json(machine_image(alone).plan);
  rendering.losses.push_back(
      "a program to run: nothing in the image runs by itself, a VMM has to take disk and "
      "kernel out of it");
  return rendering;
}

}  // namespace faasc
