#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "packager/spec/vm_spec.h"

namespace faasc {

/// The first two are for x86_64, the last is for aarch64.
enum class MachineType : std::uint8_t { Microvm, Q35, Virt };
enum class Accelerator : std::uint8_t { Kvm, Tcg };
/// Who loads the kernel: the VMM (VmSpec::direct_boot), or the boot loader on the first disk, started by a
/// BIOS or by UEFI.
enum class BootFrom : std::uint8_t { Kernel, Bios, Uefi };

constexpr std::string_view name_of(MachineType machine) {
  return machine == MachineType::Microvm ? "microvm" : machine == MachineType::Q35 ? "q35" : "virt";
}
constexpr std::string_view name_of(Accelerator accelerator) {
  return accelerator == Accelerator::Kvm ? "kvm" : "tcg";
}

/// A TCP port of the host's loopback interface that leads to a port of the guest.
struct PortForward {
  std::uint16_t host = 0;  ///< 0: a free one, which QEMU picks
  std::uint16_t guest = 0;
};

/// How a VmSpec is run by QEMU.
struct QemuOptions {
  std::string program;  ///< empty: qemu_program() of the spec
  MachineType machine = MachineType::Microvm;
  Accelerator accelerator = Accelerator::Tcg;
  BootFrom boot = BootFrom::Kernel;
  std::filesystem::path uefi_firmware;        ///< of BootFrom::Uefi: the code of OVMF or AAVMF
  std::vector<PortForward> ports;             ///< to the first nic; need one
  std::optional<std::uint64_t> memory_bytes;  ///< instead of the spec's
  std::optional<unsigned> vcpus;              ///< instead of the spec's

  /// Keep writes the guest's changes to disks that are not read-only into the image; otherwise they are
  /// dropped at the end.
  enum class DiskWrites : std::uint8_t { Drop, Keep };
  DiskWrites disk_writes = DiskWrites::Drop;

  /// Inherited descriptors, by the index of what they are for. Of a card that is connected to the host's
  /// network: its tap device; -1 or none: QEMU opens it by its name.
  std::vector<int> tap_fds;
  /// Of a share: a socket that leads to a virtiofsd; -1 or none: QEMU itself shares the directory, by 9p.
  std::vector<int> virtiofs_fds;

  /// An inherited descriptor of a connected socket that speaks QMP; -1: no monitor at all.
  int qmp_fd = -1;
  /// Seccomp: QEMU then cannot start programs, change users or its limits. Not every QEMU is built with it.
  enum class Sandbox : std::uint8_t { Off, On };
  Sandbox sandbox = Sandbox::On;
  /// The host's time stamp counter, in kHz. Linux on microvm cannot measure it itself without KVM.
  std::uint64_t tsc_khz = 0;
};

/// "qemu-system-x86_64" and the like.
std::string qemu_program(const VmSpec& spec);

/// The value of QEMU's -netdev for a guest in a network of QEMU's own ("user"), which takes the guest's fixed
/// address where it has one, with ports of the host's loopback interface that lead into it.
std::string user_network(const VmSpec::Nic& nic, const std::string& id,
                         const std::vector<PortForward>& ports);

/// The value of QEMU's -smp for a guest of that many processors.
///
/// An emulated guest of one may get a second, and does not. QEMU before 8.1 (commit c914d46d0a) otherwise
/// leaves out the guest's memory barriers, although devices look at the guest's memory from another thread:
/// then, about once in a few hundred megabytes, a guest and its network card both believe that the other has
/// been told of what is waiting, and nothing goes out any more.
std::string processors_text(unsigned vcpus, Accelerator accelerator);

/// The command line that runs `spec`, argv[0] included: console on standard output, nothing read from
/// standard input, no network listener but the forwarded ports on 127.0.0.1. Pure: nothing is looked up.
/// Disks must be of a format that QEMU reads, which is any but raw.zst. `options.boot` must be possible:
/// Kernel needs `spec.direct_boot`, the others a bootable first disk and another machine than microvm.
std::vector<std::string> qemu_command(const VmSpec& spec, const QemuOptions& options);

}  // namespace faasc
