#include <nlohmann/json.hpp>

#include "packager/spec/base64.h"
#include "packager/spec/targets/renderers.h"

namespace faasc {

// What urunc reads of a container image is told on its documentation's page on packaging: annotations
// com.urunc.unikernel.*, or, as many engines do not hand annotations on, the same in /urunc.json with values
// in Base64. Its list of unikernels: rumprun, unikraft, mirage, mewz, linux.
Result<Rendering> render_urunc(const VmSpec& spec, const RenderOptions& options) {
  constexpr std::string_view kName = "urunc";
  FAASC_CHECK(check_architecture(kName, spec));
  FAASC_CHECK(check_no_shares(kName, spec));
  if (spec.kernel_family != "linux")
    return target_cannot(kName,
                         "run '" + spec.name +
                             "', which is for Nanos: it knows Unikraft, Rumprun, MirageOS, "
                             "Mewz and Linux",
                         "build with '--kernel linux', or write it for kubevirt");
  FAASC_CHECK(check_disk_formats(kName, spec, {"raw"}));
  if (!spec.direct_boot)
    return target_cannot(kName, "boot from a disk, and '" + spec.name + "' has no kernel to load",
                         "build with 'image: {boot: direct}'");
  if (spec.disks.size() != 1)
    return target_cannot(kName, "give a machine " + std::to_string(spec.disks.size()) + " disks",
                         "build an image with one disk");
  // QEMU is the one that it starts with emulated processors, too.
  (void)options;

  MachineImage image = machine_image(spec);
  const VmSpec::DirectBoot& boot = *image.inside.direct_boot;
  std::map<std::string, std::string> told{
      {"unikernelType", "linux"},
      {"unikernelVersion", boot.kernel_version},
      {"hypervisor", "qemu"},
      {"binary", boot.kernel.string()},
      {"block", image.inside.disks.front().path.string()},
      {"blkMntPoint", "/"},
      {"useDMBlock", "false"},
      // It makes a kernel command line of this: "init=/init -- …". Our init reads all of that line.
      {"cmdline", "/init faasc.grace=" +
                      std::to_string(std::chrono::ceil<std::chrono::seconds>(spec.grace_period).count())}};
  if (!boot.initrd.empty()) told.emplace("initrd", boot.initrd.string());
  nlohmann::ordered_json file;
  for (const auto& [name, value] : told) {
    std::string key = "com.urunc.unikernel." + name;
    file[key] = to_base64(value);
    image.plan.annotations[key] = to_base64(value);
  }
  image.plan.files.push_back({.path = "/urunc.json", .host = {}, .text = file.dump(2) + "\n"});

  Rendering rendering{.text = to_json(image.plan), .losses = {}};
  rendering.losses.push_back("the memory and the processors: the container's limits decide");
  if (!spec.nics.empty())
    rendering.losses.push_back("the port: the function is at port " + std::to_string(spec.http_port) +
                               " of the container's address");
  if (!spec.nics.empty())
    lose_own_network(spec.nics.front(), "the guest is in the container's network, with its address",
                     rendering);
  if (spec.disks.front().read_only)
    rendering.losses.push_back("a read-only disk: urunc has the kernel mount it writable");
  lose_exit_status(spec, kName, rendering);
  return rendering;
}

}  // namespace faasc
