#include "packager/spec/qemu_command.h"

#include <algorithm>
#include <cassert>
#include <cstdio>

#include <arpa/inet.h>

namespace faasc {
namespace {

// In QEMU's "key=value,key=value" a comma inside a value is written twice.
std::string escaped(std::string_view value) {
  std::string out;
  for (char c : value) out.append(c == ',' ? 2 : 1, c);
  return out;
}

std::string machine_text(const VmSpec& spec, const QemuOptions& options) {
  if (options.machine == MachineType::Q35) return "q35,smm=off,vmport=off";
  // The interrupt controller that Nanos is tried with serves eight processors; the next one serves all, if
  // without its message translation, which Nanos does not survive.
  // Without ACPI it hears of the power button however it was booted.
  if (options.machine == MachineType::Virt)
    return std::string("virt,acpi=off,") +
           (options.vcpus.value_or(spec.vcpus) <= 8 ? "gic-version=2" : "gic-version=3,its=off");
  // ACPI is how both kernels find the virtio devices. With the second IO-APIC Nanos never sees their
  // interrupts.
  if (spec.kernel_family == "nanos") return "microvm,acpi=on,ioapic2=off";
  // Distributions' kernels look for the clock chip twice, a second each, where it is missing.
  return "microvm,acpi=on,pit=off,pic=off,rtc=on";
}

std::string processor_text(const QemuOptions& options) {
  if (options.accelerator == Accelerator::Kvm) return "host";
  // Signing pointers by the architecture's own algorithm is what an emulated Arm does slowest.
  if (options.machine == MachineType::Virt) return "max,pauth-impdef=on";
  // Emulated, an instruction that copies or clears bytes takes a round for each byte. Kernels and C libraries
  // that are not told that processors do so fast take words or vectors.
  return "max,erms=off,fsrm=off";
}

std::string memory_text(std::uint64_t bytes) {
  constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
  if (bytes % kMiB == 0) return std::to_string(bytes / kMiB) + "M";
  return std::to_string((bytes + 1023) / 1024) + "k";
}

std::string ipv4_text(std::uint32_t address) {
  in_addr raw{htonl(address)};
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &raw, text, sizeof text);
  return text;
}

std::uint32_t ipv4(const std::string& text) {
  in_addr raw{};
  ::inet_pton(AF_INET, text.c_str(), &raw);
  return ntohl(raw.s_addr);
}

/// QEMU's user network around a guest with a fixed address: the gateway and the name server have to be two
/// other addresses.
std::string static_network(const VmSpec::Nic& nic) {
  std::size_t slash = nic.address.find('/');
  std::uint32_t guest = ipv4(nic.address.substr(0, slash));
  unsigned prefix = static_cast<unsigned>(std::stoul(nic.address.substr(slash + 1)));
  std::uint32_t network = guest & ~((std::uint32_t{1} << (32 - prefix)) - 1);
  std::uint32_t next = network + 1;
  auto unused = [&](std::uint32_t taken) {
    while (next == guest || next == taken) ++next;
    return next++;
  };
  std::uint32_t gateway = nic.gateway.empty() ? unused(0) : ipv4(nic.gateway);
  std::string text =
      ",net=" + ipv4_text(network) + "/" + std::to_string(prefix) + ",host=" + ipv4_text(gateway);
  return text + ",dns=" + ipv4_text(unused(gateway));
}

int descriptor(const std::vector<int>& descriptors, std::size_t index) {
  return index < descriptors.size() ? descriptors[index] : -1;
}

std::string host_network(const VmSpec::Nic& nic, const std::string& id, int fd) {
  if (fd >= 0) return "tap,id=" + id + ",fd=" + std::to_string(fd);
  if (!nic.bridge.empty()) return "bridge,id=" + id + ",br=" + escaped(nic.bridge);
  return "tap,id=" + id + ",ifname=" + escaped(nic.tap) + ",script=no,downscript=no";
}

/// QEMU's own network always answers DHCP with the same: a guest that is told so need not ask. Of the words
/// for faasc's init (runtimes/linux/init/command_line.h).
std::string with_known_address(std::string text, const VmSpec& spec) {
  constexpr std::string_view kAsks = "faasc.ip=dhcp";
  constexpr std::string_view kKnown = "faasc.ip=10.0.2.15/24 faasc.gw=10.0.2.2 faasc.dns=10.0.2.3";
  if (spec.nics.empty() || spec.nics.front().of_the_host() || spec.nics.front().address != "dhcp")
    return text;
  const std::size_t at = (" " + text + " ").find(" " + std::string(kAsks) + " ");
  return at == std::string::npos ? text : text.replace(at, kAsks.size(), kKnown);
}

std::string command_line_text(const VmSpec& spec, const QemuOptions& options) {
  std::string text = with_known_address(spec.direct_boot->command_line, spec);
  // Without PIT, KVM clock and TSC deadline timer Linux finds no clock to calibrate the TSC against, and
  // hangs.
  if (spec.kernel_family == "linux" && options.machine == MachineType::Microvm &&
      options.accelerator == Accelerator::Tcg && options.tsc_khz != 0)
    text += (text.empty() ? "" : " ") + std::string("tsc_early_khz=") + std::to_string(options.tsc_khz);
  return text;
}

}  // namespace

std::string qemu_program(const VmSpec& spec) {
  return "qemu-system-" + spec.architecture;
}

std::string user_network(const VmSpec::Nic& nic, const std::string& id,
                         const std::vector<PortForward>& ports) {
  bool fixed = nic.address != "dhcp";
  std::string text = "user,id=" + id;
  if (fixed) text += static_network(nic);
  std::string guest = fixed ? nic.address.substr(0, nic.address.find('/')) : "";
  for (const PortForward& port : ports)
    text += ",hostfwd=tcp:127.0.0.1:" + std::to_string(port.host) + "-" + guest + ":" +
            std::to_string(port.guest);
  return text;
}

std::string processors_text(unsigned vcpus, Accelerator accelerator) {
  bool alone = vcpus == 1 && accelerator == Accelerator::Tcg;
  return std::to_string(vcpus) + (alone ? ",maxcpus=2" : "");
}

std::vector<std::string> qemu_command(const VmSpec& spec, const QemuOptions& options) {
  assert(options.boot == BootFrom::Kernel ? spec.direct_boot.has_value()
                                          : options.machine != MachineType::Microvm);
  assert((options.machine == MachineType::Virt) == (spec.architecture == "aarch64"));
  assert(options.ports.empty() || !spec.nics.empty());
  bool microvm = options.machine == MachineType::Microvm;
  std::string transport = microvm ? "-device" : "-pci";  // virtio-blk-device or virtio-blk-pci

  std::vector<std::string> argv{options.program.empty() ? qemu_program(spec) : options.program};
  auto add = [&](std::initializer_list<std::string> words) { argv.insert(argv.end(), words); };

  add({"-name", escaped(spec.name)});
  add({"-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"});
  if (options.sandbox == QemuOptions::Sandbox::On)
    add({"-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"});
  const bool served_by_virtiofsd =
      std::any_of(options.virtiofs_fds.begin(), options.virtiofs_fds.end(), [](int fd) { return fd >= 0; });
  add({"-machine", machine_text(spec, options) + (served_by_virtiofsd ? ",memory-backend=memory" : "")});
  add({"-accel", std::string(name_of(options.accelerator))});
  add({"-cpu", processor_text(options)});
  add({"-smp", processors_text(options.vcpus.value_or(spec.vcpus), options.accelerator)});
  const std::string memory = memory_text(options.memory_bytes.value_or(spec.memory_bytes));
  add({"-m", memory});
  // virtiofsd works in the guest's memory.
  if (served_by_virtiofsd) add({"-object", "memory-backend-memfd,id=memory,share=on,size=" + memory});
  add({"-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"});
  if (options.qmp_fd >= 0)
    add({"-chardev", "socket,id=monitor,fd=" + std::to_string(options.qmp_fd), "-mon",
         "chardev=monitor,mode=control"});

  if (options.boot == BootFrom::Kernel) {
    // Nanos builds its first page tables where SeaBIOS has made memory read-only by then; qboot leaves it
    // writable.
    bool pc = options.machine != MachineType::Virt;
    if (microvm || (pc && spec.kernel_family == "nanos")) add({"-bios", "qboot.rom"});
    add({"-kernel", spec.direct_boot->kernel.string()});
    if (!spec.direct_boot->initrd.empty()) add({"-initrd", spec.direct_boot->initrd.string()});
    if (std::string text = command_line_text(spec, options); !text.empty()) add({"-append", text});
  }
  // Only the half with the code: what the firmware remembers, it forgets with the machine.
  if (options.boot == BootFrom::Uefi)
    add({"-drive",
         "if=pflash,unit=0,format=raw,readonly=on,file=" + escaped(options.uefi_firmware.string())});
  if (microvm) add({"-global", "virtio-mmio.force-legacy=false"});

  for (std::size_t i = 0; i < spec.disks.size(); ++i) {
    const VmSpec::Disk& disk = spec.disks[i];
    std::string id = "disk" + std::to_string(i);
    bool volume = !disk.volume.empty();
    bool keep = !disk.read_only && (volume || options.disk_writes == QemuOptions::DiskWrites::Keep);
    // Nanos writes to its root whatever we call it, and complains on the console where that fails: it gets an
    // overlay.
    bool refuse = disk.read_only && (volume || spec.kernel_family != "nanos");
    std::string access = keep ? "" : refuse ? ",readonly=on" : ",snapshot=on";
    // QEMU's own answer to a full host is to stop the machine until somebody makes room.
    if (volume) access += ",werror=report,rerror=report";
    assert(disk.format != "raw.zst");
    std::string format = disk.format == "vhd" ? "vpc" : disk.format;
    add({"-drive",
         "id=" + id + ",if=none,format=" + format + ",file=" + escaped(disk.path.string()) + access});
    bool boots = options.boot != BootFrom::Kernel && i == 0;
    add({"-device", "virtio-blk" + transport + ",drive=" + id + (boots ? ",bootindex=0" : "")});
  }
  for (std::size_t i = 0; i < spec.shares.size(); ++i) {
    const VmSpec::Share& share = spec.shares[i];
    const std::string id = "share" + std::to_string(i);
    if (int fd = descriptor(options.virtiofs_fds, i); fd >= 0) {
      add({"-chardev", "socket,id=" + id + ",fd=" + std::to_string(fd)});
      add({"-device", "vhost-user-fs" + transport + ",chardev=" + id + ",tag=" + escaped(share.tag)});
      continue;
    }
    // Files are made as the user who runs QEMU. Nanos opens every file to write to it, so that a share that
    // QEMU refuses to write to could not be read either: there it is the guest's kernel that refuses.
    bool refuse = share.read_only && spec.kernel_family != "nanos";
    add({"-fsdev", "local,id=" + id + ",path=" + escaped(share.directory.string()) +
                       ",security_model=none,multidevs=remap" + (refuse ? ",readonly=on" : "")});
    add({"-device", "virtio-9p" + transport + ",fsdev=" + id + ",mount_tag=" + escaped(share.tag)});
  }
  for (std::size_t i = 0; i < spec.nics.size(); ++i) {
    std::string id = "net" + std::to_string(i);
    const VmSpec::Nic& nic = spec.nics[i];
    if (nic.of_the_host())
      add({"-netdev", host_network(nic, id, descriptor(options.tap_fds, i))});
    else
      add({"-netdev", user_network(nic, id, i == 0 ? options.ports : std::vector<PortForward>{})});
    // An empty romfile: no network boot, which costs half a second.
    add({"-device", "virtio-net" + transport + ",netdev=" + id + (microvm ? "" : ",romfile=") +
                        (nic.mac.empty() ? "" : ",mac=" + nic.mac)});
  }
  if (spec.exit_port) {
    char port[8];
    std::snprintf(port, sizeof port, "0x%x", *spec.exit_port);
    add({"-device", std::string("isa-debug-exit,iobase=") + port + ",iosize=4"});
  }
  // Nothing of semihosting but the exit status: files and commands of the host, which it offers as well, are
  // left to a debugger that is not there.
  if (spec.semihosting_exit) add({"-semihosting-config", "enable=on,target=gdb"});
  // Nanos for aarch64 has no other source of random numbers.
  if (options.machine == MachineType::Virt) add({"-device", "virtio-rng-pci"});
  return argv;
}

}  // namespace faasc
