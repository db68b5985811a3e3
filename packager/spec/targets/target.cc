#include "packager/spec/targets/target.h"

#include <algorithm>

#include "packager/spec/codes.h"
#include "packager/spec/targets/renderers.h"

namespace faasc {
namespace {

constexpr Target kTargets[] = {
    {"qemu", "a shell script that runs QEMU", render_qemu},
    {"firecracker", "a file for 'firecracker --config-file'", render_firecracker},
    {"cloud-hypervisor", "the body of a request to 'vm.create'", render_cloud_hypervisor},
    {"libvirt", "a domain for 'virsh create'", render_libvirt},
    {"kubevirt", "a VirtualMachineInstance for 'kubectl apply'", render_kubevirt},
    {"nomad", "a job for 'nomad job run'", render_nomad},
    {"oci", "a container image of the machine: disk, kernel and description", render_oci, true},
    {"urunc", "a container image for the runtime urunc", render_urunc, true},
    {"systemd", "a unit for 'systemctl --user' that runs faasc", render_systemd},
};

}  // namespace

std::span<const Target> all_targets() {
  return kTargets;
}

const Target* find_target(std::string_view name) {
  for (const Target& target : kTargets)
    if (target.name == name) return &target;
  return nullptr;
}

Error target_cannot(std::string_view target, const std::string& what, const std::string& hint) {
  return {Fault::Input, kTargetCannot, std::string(target) + " cannot " + what, {}, hint};
}

Result<void> check_disk_formats(std::string_view target, const VmSpec& spec,
                                std::initializer_list<std::string_view> formats) {
  for (const VmSpec::Disk& disk : spec.disks) {
    if (std::find(formats.begin(), formats.end(), disk.format) != formats.end()) continue;
    return target_cannot(target,
                         "read '" + disk.path.filename().string() + "', a disk in the format " + disk.format,
                         "faasc image convert --to " + std::string(*formats.begin()) + " " +
                             disk.path.filename().string() + ", and set image.format for later builds");
  }
  return {};
}

Result<void> check_architecture(std::string_view target, const VmSpec& spec) {
  if (spec.architecture == "x86_64") return {};
  return target_cannot(target, "be given '" + spec.name + "', a machine for " + spec.architecture,
                       "write it for qemu or systemd");
}

Result<BootFrom> boot_of_pc(std::string_view target, const VmSpec& spec) {
  const bool has_disk = !spec.disks.empty();
  if (has_disk && spec.disks.front().bios_bootable) return BootFrom::Bios;
  if (has_disk && spec.disks.front().uefi_bootable) return BootFrom::Uefi;
  if (spec.direct_boot && spec.kernel_family == "linux") return BootFrom::Kernel;
  return target_cannot(target, "load the kernel of '" + spec.name + "', and its disk does not boot by itself",
                       "build with 'image: {boot: bios}'");
}

std::uint64_t mebibytes(std::uint64_t bytes) {
  constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
  return (bytes + kMiB - 1) / kMiB;
}

Result<void> check_no_shares(std::string_view target, const VmSpec& spec) {
  if (spec.shares.empty()) return {};
  return target_cannot(
      target, "share '" + spec.shares.front().directory.string() + "' with the guest of '" + spec.name + "'",
      "put the files into a volume, or write it for qemu, libvirt or systemd");
}

void lose_volumes(VmSpec& spec, Rendering& rendering) {
  std::erase_if(spec.disks, [&](const VmSpec::Disk& disk) {
    if (disk.volume.empty()) return false;
    rendering.losses.push_back("the volume '" + disk.volume +
                               "': data that stays is no part of a container image");
    return true;
  });
  for (const VmSpec::Share& share : spec.shares)
    rendering.losses.push_back("the shared directory '" + share.directory.string() +
                               "': it is no part of a container image");
  spec.shares.clear();
}

bool guest_writes(const VmSpec& spec, const VmSpec::Disk& disk) {
  // As a volume it is mounted to be read only, which Nanos heeds.
  if (!disk.volume.empty()) return !disk.read_only;
  return !disk.read_only || spec.kernel_family == "nanos";
}

void lose_exit_status(const VmSpec& spec, std::string_view target, Rendering& rendering) {
  if (spec.exit_port)
    rendering.losses.push_back("the guest's exit status: " + std::string(target) +
                               " has no device that takes it");
}

void lose_own_network(const VmSpec::Nic& nic, std::string_view why, Rendering& rendering) {
  if (!nic.tap.empty()) rendering.losses.push_back("the tap device '" + nic.tap + "': " + std::string(why));
  if (!nic.bridge.empty()) rendering.losses.push_back("the bridge '" + nic.bridge + "': " + std::string(why));
  if (nic.address != "dhcp")
    rendering.losses.push_back("the address " + nic.address + ": " + std::string(why));
  if (!nic.address6.empty())
    rendering.losses.push_back("the address " + nic.address6 + ": " + std::string(why));
}

void lose_bridge(const VmSpec::Nic& nic, std::string_view tap, Rendering& rendering) {
  if (nic.bridge.empty()) return;
  rendering.losses.push_back(
      "the bridge '" + nic.bridge +
      "': " + (tap.empty() ? "the VMM's tap device has" : "the tap device '" + std::string(tap) + "' has") +
      " to be connected to it, as by 'ip link set " + (tap.empty() ? "TAP" : std::string(tap)) + " master " +
      nic.bridge + "'");
}

void lose_port(const VmSpec& spec, Rendering& rendering) {
  rendering.losses.push_back("a port of the host: the function is at port " + std::to_string(spec.http_port) +
                             " of the guest's own address");
}

}  // namespace faasc
