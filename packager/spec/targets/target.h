#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "packager/spec/qemu_command.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// What a VmSpec does not say, because it is the host's that will run the machine.
struct RenderOptions {
  Accelerator accelerator = Accelerator::Kvm;
  std::uint16_t host_port = 8080;  ///< that leads to the function's, where the target can forward ports
  std::string network;             ///< a network or a tap device that is there; empty: the target's own way
  std::string container_image;     ///< the disk as a container image, for what takes disks from a registry
  std::filesystem::path uefi_firmware;  ///< the code of OVMF; empty: none is known
};

/// A machine in another program's words.
struct Rendering {
  std::string text;
  /// What the spec says and the text does not, one line each: "the guest's exit status: …".
  std::vector<std::string> losses;
};

/// A program that runs machines, and how a VmSpec is written for it.
struct Target {
  std::string_view name;  ///< "libvirt"
  std::string_view form;  ///< "a domain for 'virsh create'"
  /// The same text for the same spec and options. FAASC0690 where the target cannot run such a machine at
  /// all.
  Result<Rendering> (*render)(const VmSpec& spec, const RenderOptions& options);
  /// The text says what a container image is to hold (image_plan.h), and the image is what is written.
  bool is_image = false;
};

/// In the order in which they are listed.
std::span<const Target> all_targets();

/// Null where there is none of that name.
const Target* find_target(std::string_view name);

}  // namespace faasc
