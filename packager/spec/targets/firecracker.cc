#include <nlohmann/json.hpp>

#include "packager/spec/targets/renderers.h"

namespace faasc {

// The members are those of Firecracker's API, src/firecracker/swagger/firecracker.yaml there: its
// configuration file has one for each resource, named as the resource's path.
Result<Rendering> render_firecracker(const VmSpec& spec, const RenderOptions& options) {
  using Json = nlohmann::ordered_json;
  constexpr std::string_view kName = "Firecracker";
  FAASC_CHECK(check_architecture(kName, spec));
  FAASC_CHECK(check_no_shares(kName, spec));
  FAASC_CHECK(check_disk_formats(kName, spec, {"raw"}));
  if (!spec.direct_boot)
    return target_cannot(kName, "boot from a disk, and '" + spec.name + "' has no kernel to load",
                         "build with 'image: {boot: direct}'");
  if (spec.vcpus > 32 || (spec.vcpus > 1 && spec.vcpus % 2 != 0))
    return target_cannot(kName, "run a machine with " + std::to_string(spec.vcpus) + " processors",
                         "set resources.vcpus to 1, or to an even number of at most 32");

  Rendering rendering;
  Json boot = {{"kernel_image_path", spec.direct_boot->kernel.string()}};
  if (!spec.direct_boot->command_line.empty()) boot["boot_args"] = spec.direct_boot->command_line;
  if (!spec.direct_boot->initrd.empty()) boot["initrd_path"] = spec.direct_boot->initrd.string();
  Json drives = Json::array(), interfaces = Json::array();
  for (const VmSpec::Disk& disk : spec.disks)
    // Not its root device: Firecracker would then tell the kernel so, in words that Nanos does not know and
    // our init does not need.
    drives.push_back({{"drive_id", "disk" + std::to_string(drives.size())},
                      {"path_on_host", disk.path.string()},
                      {"is_root_device", false},
                      {"is_read_only", !guest_writes(spec, disk)}});
  for (const VmSpec::Nic& nic : spec.nics) {
    const std::string tap = !options.network.empty() && interfaces.empty() ? options.network
                            : !nic.tap.empty()                             ? nic.tap
                                               : "tap" + std::to_string(interfaces.size());
    interfaces.push_back({{"iface_id", "eth" + std::to_string(interfaces.size())}, {"host_dev_name", tap}});
    if (!nic.mac.empty()) interfaces.back()["guest_mac"] = nic.mac;
    rendering.losses.push_back("a network: the tap device '" + tap + "' has to be there first");
    lose_bridge(nic, tap, rendering);
    if (nic.address == "dhcp")
      rendering.losses.push_back("an address: the guest asks by DHCP, and something has to answer at '" +
                                 tap + "'");
  }
  if (!spec.nics.empty()) lose_port(spec, rendering);
  for (const VmSpec::Disk& disk : spec.disks)
    if (disk.read_only && guest_writes(spec, disk))
      rendering.losses.push_back("an unchanged disk: Nanos writes to '" + disk.path.filename().string() +
                                 "', so that every machine needs a copy of its own");
  lose_exit_status(spec, kName, rendering);
  Json config = {
      {"boot-source", boot},
      {"drives", drives},
      {"machine-config",
       {{"vcpu_count", spec.vcpus}, {"mem_size_mib", mebibytes(spec.memory_bytes)}, {"smt", false}}},
      {"network-interfaces", interfaces}};
  rendering.text = config.dump(2) + "\n";
  return rendering;
}

}  // namespace faasc
