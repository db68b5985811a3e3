#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "launcher/kvm_probe.h"
#include "packager/spec/qemu_command.h"

namespace faasc {

enum class AcceleratorChoice : std::uint8_t { Auto, Kvm, Tcg };
enum class MachineChoice : std::uint8_t { Auto, Microvm, Q35, Virt };
enum class BootChoice : std::uint8_t { Auto, Kernel, Disk, Bios, Uefi };  ///< Disk: by whatever it can

/// What the user decided.
struct BootChoices {
  AcceleratorChoice accelerator = AcceleratorChoice::Auto;
  MachineChoice machine = MachineChoice::Auto;
  BootChoice boot = BootChoice::Auto;
};

/// Which machine QEMU is to be, and why.
struct BootPlan {
  MachineType machine = MachineType::Microvm;
  Accelerator accelerator = Accelerator::Tcg;
  BootFrom boot = BootFrom::Kernel;
  std::filesystem::path uefi_firmware;  ///< of BootFrom::Uefi
  std::vector<std::string> reasons;     ///< one sentence per decision, for people

  /// "microvm, tcg, kernel loaded directly"
  std::string summary() const;
};

/// What the plan depends on besides the spec; found out by whoever asks.
struct BootFacts {
  bool kernel_is_there = false;         ///< the file VmSpec::direct_boot names
  std::uint64_t memory_bytes = 0;       ///< of the guest
  KvmVerdict kvm;                       ///< not looked at where TCG is asked for
  std::filesystem::path uefi_firmware;  ///< empty: none; not looked at where the disk cannot boot by UEFI
};

/// Both kernels boot fastest on microvm; there the network of Nanos needs memory. A disk with a boot loader
/// boots on q35 without any kernel file, by a BIOS if it can, because UEFI takes seconds. What was asked for
/// is honoured or refused. A guest for aarch64 has one machine, virt, and no BIOS.
Result<BootPlan> plan_boot(const VmSpec& spec, const BootChoices& choices, const BootFacts& facts);

}  // namespace faasc
