#include "launcher/boot_plan.h"

#include "launcher/codes.h"
#include "launcher/uefi_firmware.h"

namespace faasc {
namespace {

// At 64 MiB and less Nanos cannot set up a virtio-mmio network card; up to 76 MiB it then lacks memory for
// the program.
constexpr std::uint64_t kNanosMicrovmMemory = std::uint64_t{96} << 20;

std::string mebibytes(std::uint64_t bytes) {
  return std::to_string(bytes >> 20) + " MiB";
}

Result<Accelerator> choose_accelerator(AcceleratorChoice choice, const KvmVerdict& kvm,
                                       std::vector<std::string>& reasons) {
  switch (choice) {
    case AcceleratorChoice::Tcg:
      reasons.push_back("tcg: asked for");
      return Accelerator::Tcg;
    case AcceleratorChoice::Kvm:
      if (!kvm.usable)
        return Error{Fault::Host,
                     kKvmUnusable,
                     "KVM cannot be used here: " + kvm.why,
                     {},
                     kvm.hint.empty() ? "leave out '--accel kvm'; the guest then runs emulated" : kvm.hint};
      reasons.push_back("kvm: asked for");
      return Accelerator::Kvm;
    case AcceleratorChoice::Auto:
      break;
  }
  reasons.push_back((kvm.usable ? "kvm: " : "tcg: KVM cannot be used: ") + kvm.why);
  return kvm.usable ? Accelerator::Kvm : Accelerator::Tcg;
}

/// How the disk is to be booted, which is known not to be booted around.
Result<BootFrom> choose_firmware(const VmSpec& spec, BootChoice choice, const BootFacts& facts) {
  bool bios = !spec.disks.empty() && spec.disks.front().bios_bootable;
  bool uefi = !spec.disks.empty() && spec.disks.front().uefi_bootable;
  // What the manifest can say instead; there is no BIOS on aarch64.
  const char* other = spec.architecture == "aarch64" ? "uefi" : "bios";
  auto cannot = [&](std::string_view how, std::string_view word) {
    return Error{Fault::Input,
                 kCannotBoot,
                 "'" + spec.name + "' cannot be booted " + std::string(how),
                 {},
                 "leave out '--boot " + std::string(word) + "', or write 'image: {boot: " +
                     (word == "uefi" ? std::string(word) : other) + "}' into faas.yaml"};
  };
  switch (choice) {
    case BootChoice::Bios:
      if (!bios) return cannot("by a BIOS: its disk has no boot loader for one", "bios");
      return BootFrom::Bios;
    case BootChoice::Uefi:
      if (!uefi) return cannot("by UEFI: its disk has no loader for it", "uefi");
      break;
    default:
      if (bios) return BootFrom::Bios;
      if (!uefi) return cannot("from its disk, which has no boot loader", "disk");
      break;
  }
  if (facts.uefi_firmware.empty())
    return Error{Fault::Missing,
                 kNoUefiFirmware,
                 "there is no UEFI firmware for QEMU on this host",
                 {},
                 "sudo apt install " + std::string(uefi_firmware_package(spec.architecture))};
  return BootFrom::Uefi;
}

constexpr std::string_view word_of(MachineChoice choice) {
  switch (choice) {
    case MachineChoice::Microvm:
      return name_of(MachineType::Microvm);
    case MachineChoice::Q35:
      return name_of(MachineType::Q35);
    case MachineChoice::Virt:
      return name_of(MachineType::Virt);
    case MachineChoice::Auto:
      break;
  }
  return "auto";
}

/// Whether a machine that was asked for is one of the guest's architecture.
Result<void> check_machine(const VmSpec& spec, MachineChoice machine) {
  bool pc = spec.architecture != "aarch64";
  if (machine == MachineChoice::Auto || pc == (machine != MachineChoice::Virt)) return {};
  return Error{Fault::Usage,
               kWrongMachine,
               std::string(word_of(machine)) + " is a machine for " + (pc ? "aarch64" : "x86_64") +
                   ", and '" + spec.name + "' is for " + spec.architecture,
               {},
               "leave out '--machine " + std::string(word_of(machine)) + "'"};
}

/// A Nanos that is loaded directly on a PC with that many devices and more resets at its end, instead of
/// telling its exit status.
constexpr std::size_t kTooManyDevices = 5;

Result<BootPlan> around_many_devices(const VmSpec& spec, BootChoice asked, BootPlan plan) {
  const std::size_t devices = spec.disks.size() + spec.nics.size() + spec.shares.size();
  if (spec.kernel_family != "nanos" || plan.machine != MachineType::Q35 || plan.boot != BootFrom::Kernel ||
      devices < kTooManyDevices)
    return plan;
  if (asked == BootChoice::Kernel || !spec.disks.front().bios_bootable)
    return Error{Fault::Input,
                 kCannotBoot,
                 "a PC with " + std::to_string(devices) +
                     " disks, cards and shares does not come to its end when Nanos is loaded directly",
                 {},
                 asked == BootChoice::Kernel ? "leave out '--boot direct'"
                                             : "write 'image: {boot: bios}' into faas.yaml, and build again"};
  plan.boot = BootFrom::Bios;
  plan.reasons.push_back("booted from the disk: with " + std::to_string(devices) +
                         " devices, a Nanos that is loaded directly does not come to its end");
  return plan;
}

}  // namespace

std::string BootPlan::summary() const {
  return std::string(name_of(machine)) + ", " + std::string(name_of(accelerator)) +
         (boot == BootFrom::Kernel ? ", kernel loaded directly"
          : boot == BootFrom::Bios ? ", booted from the disk"
                                   : ", booted from the disk by UEFI");
}

Result<BootPlan> plan_boot(const VmSpec& spec, const BootChoices& choices, const BootFacts& facts) {
  const MachineChoice machine = choices.machine;
  const BootChoice boot = choices.boot;
  BootPlan plan;
  FAASC_CHECK(check_machine(spec, machine));
  FAASC_TRY(plan.accelerator, choose_accelerator(choices.accelerator, facts.kvm, plan.reasons));
  bool direct = spec.direct_boot.has_value() && facts.kernel_is_there;
  bool disk = !spec.disks.empty() && (spec.disks.front().bios_bootable || spec.disks.front().uefi_bootable);
  bool disk_asked = boot == BootChoice::Disk || boot == BootChoice::Bios || boot == BootChoice::Uefi;
  bool nanos = spec.kernel_family == "nanos";
  std::string kernel = spec.kernel_family + (spec.architecture == "aarch64" ? "-aarch64" : "");

  if (!direct && !disk) {
    if (!spec.direct_boot)
      return Error{Fault::Input,
                   kCannotBoot,
                   "'" + spec.name + "' names neither a kernel nor a disk that boots",
                   {},
                   "build the image again"};
    return Error{Fault::Missing,
                 kKernelMissing,
                 "the kernel is not there: '" + spec.direct_boot->kernel.string() +
                     "', and the disk has no boot loader",
                 {},
                 "faasc kernel pull " + kernel + "@" + spec.direct_boot->kernel_version};
  }
  std::string no_kernel = spec.direct_boot
                              ? "the kernel is not there: '" + spec.direct_boot->kernel.string() + "'"
                              : std::string("the image names no kernel to load directly");
  if (disk_asked) {
    direct = false;
    no_kernel = "asked for";
  } else if (boot == BootChoice::Kernel && !direct) {
    return Error{Fault::Missing,
                 kKernelMissing,
                 no_kernel,
                 {},
                 "leave out '--boot direct', or get the kernel with 'faasc kernel pull " + kernel + "'"};
  }

  plan.boot = BootFrom::Kernel;
  if (!direct) {
    FAASC_TRY(plan.boot, choose_firmware(spec, boot, facts));
    if (plan.boot == BootFrom::Uefi) plan.uefi_firmware = facts.uefi_firmware;
  }
  if (spec.architecture == "aarch64") {
    plan.machine = MachineType::Virt;
    plan.reasons.push_back(direct ? "virt: the machine for aarch64"
                                  : "virt, booted from the disk: " + no_kernel);
  } else if (machine == MachineChoice::Microvm) {
    if (nanos && !spec.shares.empty())
      return Error{Fault::Usage,
                   kShareRefused,
                   "Nanos finds shared directories on a PC only, and microvm is none",
                   {},
                   "leave out '--machine microvm'"};
    if (disk_asked)
      return Error{Fault::Usage,
                   kCannotBoot,
                   "microvm cannot boot from a disk: it has no BIOS",
                   {},
                   "leave out '--machine microvm' or '--boot'"};
    if (!direct)
      return Error{Fault::Host,
                   kCannotBoot,
                   "microvm cannot boot '" + spec.name + "': " + no_kernel,
                   {},
                   "leave out '--machine microvm', or get the kernel with 'faasc kernel pull " +
                       spec.kernel_family + "'"};
    plan.machine = MachineType::Microvm;
    plan.reasons.push_back("microvm: asked for");
  } else if (machine == MachineChoice::Q35) {
    plan.machine = MachineType::Q35;
    plan.reasons.push_back("q35: asked for");
  } else if (!direct) {
    plan.machine = MachineType::Q35;
    plan.reasons.push_back("q35, booted from the disk: " + no_kernel);
  } else if (nanos && !spec.shares.empty()) {
    plan.machine = MachineType::Q35;
    plan.reasons.push_back("q35: Nanos finds shared directories on a PC only");
  } else if (nanos && facts.memory_bytes < kNanosMicrovmMemory && !spec.nics.empty()) {
    plan.machine = MachineType::Q35;
    plan.reasons.push_back("q35: the network of Nanos on microvm needs " + mebibytes(kNanosMicrovmMemory) +
                           " of memory, and there are " + mebibytes(facts.memory_bytes));
  } else {
    plan.machine = MachineType::Microvm;
    plan.reasons.push_back("microvm: boots fastest");
  }
  return around_many_devices(spec, boot, std::move(plan));
}

}  // namespace faasc
