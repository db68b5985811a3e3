#include <nlohmann/json.hpp>

#include "packager/spec/targets/renderers.h"

namespace faasc {

// A VmConfig of Cloud Hypervisor's API, vmm/src/api/openapi/cloud-hypervisor.yaml there.
Result<Rendering> render_cloud_hypervisor(const VmSpec& spec, const RenderOptions& options) {
  using Json = nlohmann::ordered_json;
  constexpr std::string_view kName = "Cloud Hypervisor";
  FAASC_CHECK(check_architecture(kName, spec));
  FAASC_CHECK(check_no_shares(kName, spec));
  FAASC_CHECK(check_disk_formats(kName, spec, {"raw", "qcow2", "vhdx"}));
  if (!spec.direct_boot)
    return target_cannot(kName, "boot from a disk, and '" + spec.name + "' has no kernel to load",
                         "build with 'image: {boot: direct}'");

  Rendering rendering;
  Json payload = {{"kernel", spec.direct_boot->kernel.string()}};
  if (!spec.direct_boot->initrd.empty()) payload["initramfs"] = spec.direct_boot->initrd.string();
  if (!spec.direct_boot->command_line.empty()) payload["cmdline"] = spec.direct_boot->command_line;
  Json disks = Json::array(), nics = Json::array();
  for (const VmSpec::Disk& disk : spec.disks) {
    disks.push_back({{"path", disk.path.string()}, {"readonly", !guest_writes(spec, disk)}});
    if (disk.read_only && guest_writes(spec, disk))
      rendering.losses.push_back("an unchanged disk: Nanos writes to '" + disk.path.filename().string() +
                                 "', so that every machine needs a copy of its own");
  }
  for (const VmSpec::Nic& nic : spec.nics) {
    // Without a name it makes a tap device itself, where it may.
    Json one = Json::object();
    const std::string tap = !options.network.empty() && nics.empty() ? options.network : nic.tap;
    if (!tap.empty()) one["tap"] = tap;
    if (!nic.mac.empty()) one["mac"] = nic.mac;
    lose_bridge(nic, tap, rendering);
    nics.push_back(one);
    if (nic.address == "dhcp")
      rendering.losses.push_back("an address: the guest asks by DHCP, and something has to answer");
  }
  if (!spec.nics.empty()) lose_port(spec, rendering);
  lose_exit_status(spec, kName, rendering);
  Json config = {{"cpus", {{"boot_vcpus", spec.vcpus}, {"max_vcpus", spec.vcpus}}},
                 {"memory", {{"size", mebibytes(spec.memory_bytes) << 20}}},
                 {"payload", payload},
                 {"disks", disks},
                 {"net", nics},
                 {"rng", {{"src", "/dev/urandom"}}},
                 {"serial", {{"mode", "Tty"}}},
                 {"console", {{"mode", "Off"}}}};
  rendering.text = config.dump(2) + "\n";
  return rendering;
}

}  // namespace faasc
