#pragma once

#include "packager/spec/image_plan.h"
#include "packager/spec/targets/target.h"

// What the targets' files share: one file for each target.

namespace faasc {

Result<Rendering> render_qemu(const VmSpec& spec, const RenderOptions& options);
Result<Rendering> render_firecracker(const VmSpec& spec, const RenderOptions& options);
Result<Rendering> render_cloud_hypervisor(const VmSpec& spec, const RenderOptions& options);
Result<Rendering> render_libvirt(const VmSpec& spec, const RenderOptions& options);
Result<Rendering> render_kubevirt(const VmSpec& spec, const RenderOptions& options);
Result<Rendering> render_nomad(const VmSpec& spec, const RenderOptions& options);
Result<Rendering> render_oci(const VmSpec& spec, const RenderOptions& options);
Result<Rendering> render_urunc(const VmSpec& spec, const RenderOptions& options);
Result<Rendering> render_systemd(const VmSpec& spec, const RenderOptions& options);

/// A container image with all that the machine is made of: the disks below /disk, which is where KubeVirt
/// looks for one, what a VMM loads below /boot, and the machine's description, /NAME.vm.json, with these
/// paths.
struct MachineImage {
  ImagePlan plan;
  VmSpec inside;  ///< the machine, with paths in the image
};
MachineImage machine_image(const VmSpec& spec);

/// FAASC0690: `target` cannot do `what`; `hint` is the way out.
Error target_cannot(std::string_view target, const std::string& what, const std::string& hint);

/// Refuses formats of disks that are not among `formats`.
Result<void> check_disk_formats(std::string_view target, const VmSpec& spec,
                                std::initializer_list<std::string_view> formats);

/// Refuses what is no PC: nobody has seen this target run another machine of ours.
Result<void> check_architecture(std::string_view target, const VmSpec& spec);

/// How a PC boots the machine: from its disk where that works, through the VMM's own loader otherwise. Nanos
/// cannot be loaded directly by a VMM whose BIOS is SeaBIOS, which leaves read-only memory behind.
Result<BootFrom> boot_of_pc(std::string_view target, const VmSpec& spec);

/// Refuses shared directories.
Result<void> check_no_shares(std::string_view target, const VmSpec& spec);

/// Takes volumes and shares away, for what is made of the image alone, and says so.
void lose_volumes(VmSpec& spec, Rendering& rendering);

/// Whole MiB, rounded up.
std::uint64_t mebibytes(std::uint64_t bytes);

/// Nanos writes to its disk whatever the disk is called.
bool guest_writes(const VmSpec& spec, const VmSpec::Disk& disk);

/// `losses` that all targets without a debug-exit device have.
void lose_exit_status(const VmSpec& spec, std::string_view target, Rendering& rendering);
/// ... and those that give the guest a network of the host's: no forwarded port, and perhaps no DHCP.
void lose_port(const VmSpec& spec, Rendering& rendering);

/// ... and those with a network of their own, which is neither a tap device nor a bridge, and in which fixed
/// addresses of the guest may mean nothing: `why` says so.
void lose_own_network(const VmSpec::Nic& nic, std::string_view why, Rendering& rendering);
/// ... and those that know tap devices only: a bridge is the host's to connect to `tap`.
void lose_bridge(const VmSpec::Nic& nic, std::string_view tap, Rendering& rendering);

}  // namespace faasc
