#include "packager/spec/qemu_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/process.h"

namespace faasc {
namespace {

VmSpec nanos_spec() {
  VmSpec spec;
  spec.name = "hello";
  spec.kernel_family = "nanos";
  spec.memory_bytes = 256 << 20;
  spec.direct_boot.emplace();
  spec.direct_boot->kernel = "/k/kernel.img";
  spec.disks = {{.path = "/out/hello.img", .format = "raw", .read_only = false, .bios_bootable = true}};
  spec.nics.emplace_back();
  spec.exit_port = 0x501;
  return spec;
}

VmSpec linux_spec() {
  VmSpec spec = nanos_spec();
  spec.kernel_family = "linux";
  spec.direct_boot->kernel = "/k/vmlinux";
  spec.direct_boot->initrd = "/out/hello.initrd";
  spec.direct_boot->command_line = "console=ttyS0 quiet";
  spec.exit_port = 0xf4;
  return spec;
}

std::string rendered(const VmSpec& spec, const QemuOptions& options) {
  return to_shell(qemu_command(spec, options));
}

constexpr std::string_view kSandbox =
    "-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

TEST(QemuCommand, NanosOnMicrovm) {
  EXPECT_EQ(rendered(nanos_spec(), {.ports = {{0, 8080}}, .qmp_fd = 5}),
            "qemu-system-x86_64 -name hello -nodefaults -no-user-config -no-reboot -display none " +
                std::string(kSandbox) +
                " -machine microvm,acpi=on,ioapic2=off -accel tcg -cpu max,erms=off,fsrm=off -smp "
                "1,maxcpus=2 -m 256M"
                " -chardev stdio,id=console,signal=off -serial chardev:console"
                " -chardev socket,id=monitor,fd=5 -mon chardev=monitor,mode=control"
                " -bios qboot.rom -kernel /k/kernel.img -global virtio-mmio.force-legacy=false"
                " -drive id=disk0,if=none,format=raw,file=/out/hello.img,snapshot=on -device "
                "virtio-blk-device,drive=disk0"
                " -netdev user,id=net0,hostfwd=tcp:127.0.0.1:0-:8080 -device virtio-net-device,netdev=net0"
                " -device isa-debug-exit,iobase=0x501,iosize=4");
}

VmSpec aarch64_spec() {
  VmSpec spec = nanos_spec();
  spec.architecture = "aarch64";
  spec.exit_port.reset();
  spec.semihosting_exit = true;
  return spec;
}

TEST(QemuCommand, Aarch64) {
  EXPECT_EQ(
      rendered(aarch64_spec(), {.machine = MachineType::Virt, .ports = {{0, 8080}}}),
      "qemu-system-aarch64 -name hello -nodefaults -no-user-config -no-reboot -display none " +
          std::string(kSandbox) +
          " -machine virt,acpi=off,gic-version=2 -accel tcg -cpu max,pauth-impdef=on -smp 1,maxcpus=2 -m 256M"
          " -chardev stdio,id=console,signal=off -serial chardev:console -kernel /k/kernel.img"
          " -drive id=disk0,if=none,format=raw,file=/out/hello.img,snapshot=on -device "
          "virtio-blk-pci,drive=disk0"
          " -netdev user,id=net0,hostfwd=tcp:127.0.0.1:0-:8080"
          " -device virtio-net-pci,netdev=net0,romfile="
          " -semihosting-config enable=on,target=gdb -device virtio-rng-pci");
  EXPECT_THAT(rendered(aarch64_spec(), {.machine = MachineType::Virt, .vcpus = 9}),
              testing::HasSubstr(" -machine virt,acpi=off,gic-version=3,its=off "));
  EXPECT_THAT(rendered(aarch64_spec(), {.machine = MachineType::Virt, .accelerator = Accelerator::Kvm}),
              testing::HasSubstr(" -accel kvm -cpu host "));
  EXPECT_THAT(
      rendered(aarch64_spec(),
               {.machine = MachineType::Virt, .boot = BootFrom::Uefi, .uefi_firmware = "/fw.fd"}),
      testing::AllOf(testing::HasSubstr(" -drive if=pflash,unit=0,format=raw,readonly=on,file=/fw.fd "),
                     testing::HasSubstr(",drive=disk0,bootindex=0 "),
                     testing::Not(testing::HasSubstr("-kernel"))));
}

TEST(QemuCommand, BiosBootOnQ35) {
  EXPECT_EQ(rendered(nanos_spec(), {.machine = MachineType::Q35,
                                    .accelerator = Accelerator::Kvm,
                                    .boot = BootFrom::Bios,
                                    .ports = {{8080, 8080}, {9090, 9090}},
                                    .memory_bytes = 64 << 20,
                                    .vcpus = 2,
                                    .sandbox = QemuOptions::Sandbox::Off}),
            "qemu-system-x86_64 -name hello -nodefaults -no-user-config -no-reboot -display none"
            " -machine q35,smm=off,vmport=off -accel kvm -cpu host -smp 2 -m 64M"
            " -chardev stdio,id=console,signal=off -serial chardev:console"
            " -drive id=disk0,if=none,format=raw,file=/out/hello.img,snapshot=on"
            " -device virtio-blk-pci,drive=disk0,bootindex=0"
            " -netdev user,id=net0,hostfwd=tcp:127.0.0.1:8080-:8080,hostfwd=tcp:127.0.0.1:9090-:9090"
            " -device virtio-net-pci,netdev=net0,romfile= -device isa-debug-exit,iobase=0x501,iosize=4");
}

TEST(QemuCommand, UefiBootOnQ35) {
  EXPECT_EQ(rendered(nanos_spec(), {.machine = MachineType::Q35,
                                    .boot = BootFrom::Uefi,
                                    .uefi_firmware = "/fw/a,b.fd",
                                    .sandbox = QemuOptions::Sandbox::Off}),
            "qemu-system-x86_64 -name hello -nodefaults -no-user-config -no-reboot -display none"
            " -machine q35,smm=off,vmport=off -accel tcg -cpu max,erms=off,fsrm=off -smp 1,maxcpus=2 -m 256M"
            " -chardev stdio,id=console,signal=off -serial chardev:console"
            " -drive if=pflash,unit=0,format=raw,readonly=on,file=/fw/a,,b.fd"
            " -drive id=disk0,if=none,format=raw,file=/out/hello.img,snapshot=on"
            " -device virtio-blk-pci,drive=disk0,bootindex=0"
            " -netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile="
            " -device isa-debug-exit,iobase=0x501,iosize=4");
}

TEST(QemuCommand, VolumesSharesAndNetworksOfTheHost) {
  using testing::HasSubstr;
  VmSpec spec = nanos_spec();
  spec.disks.push_back({.path = "/v/a,b.img", .format = "raw", .read_only = false, .volume = "data"});
  spec.disks.push_back({.path = "/v/ro.img", .format = "raw", .read_only = true, .volume = "ro"});
  spec.shares = {{.directory = "/home/x", .tag = "0", .read_only = true}};
  spec.nics.front().tap = "tap0";
  spec.nics.front().mac = "52:54:00:01:02:03";
  // What the guest writes to a volume stays, although the image is only read. A full host is the guest's
  // error.
  EXPECT_THAT(rendered(spec, {.machine = MachineType::Q35}),
              testing::AllOf(
                  HasSubstr("file=/out/hello.img,snapshot=on -device virtio-blk-pci,drive=disk0"),
                  HasSubstr(" -drive id=disk1,if=none,format=raw,file=/v/a,,b.img,werror=report,rerror=report"
                            " -device virtio-blk-pci,drive=disk1"),
                  HasSubstr("file=/v/ro.img,readonly=on,werror=report,rerror=report"),
                  // Nanos opens all files to write: QEMU does not refuse that.
                  HasSubstr(" -fsdev local,id=share0,path=/home/x,security_model=none,multidevs=remap"
                            " -device virtio-9p-pci,fsdev=share0,mount_tag=0 "),
                  HasSubstr(" -netdev tap,id=net0,ifname=tap0,script=no,downscript=no"
                            " -device virtio-net-pci,netdev=net0,romfile=,mac=52:54:00:01:02:03")));
  spec.nics.front().tap.clear();
  spec.nics.front().bridge = "br0";
  EXPECT_THAT(rendered(spec, {.machine = MachineType::Q35}), HasSubstr(" -netdev bridge,id=net0,br=br0 "));
  EXPECT_THAT(rendered(spec, {.machine = MachineType::Q35, .tap_fds = {9}}),
              HasSubstr(" -netdev tap,id=net0,fd=9 "));
}

TEST(QemuCommand, ASharesServer) {
  VmSpec spec = linux_spec();
  spec.shares = {{.directory = "/home/x", .tag = "src", .read_only = false}};
  EXPECT_THAT(
      rendered(spec, {.virtiofs_fds = {7}}),
      testing::AllOf(testing::HasSubstr(",memory-backend=memory -accel"),
                     testing::HasSubstr(" -object memory-backend-memfd,id=memory,share=on,size=256M "),
                     testing::HasSubstr(" -chardev socket,id=share0,fd=7"
                                        " -device vhost-user-fs-device,chardev=share0,tag=src "),
                     testing::Not(testing::HasSubstr("-fsdev"))));
}

TEST(QemuCommand, DirectBootOnQ35) {
  EXPECT_EQ(
      rendered(nanos_spec(), {.program = "/opt/qemu", .machine = MachineType::Q35}),
      "/opt/qemu -name hello -nodefaults -no-user-config -no-reboot -display none " + std::string(kSandbox) +
          " -machine q35,smm=off,vmport=off -accel tcg -cpu max,erms=off,fsrm=off -smp 1,maxcpus=2 -m 256M"
          " -chardev stdio,id=console,signal=off -serial chardev:console"
          " -bios qboot.rom -kernel /k/kernel.img"
          " -drive id=disk0,if=none,format=raw,file=/out/hello.img,snapshot=on -device "
          "virtio-blk-pci,drive=disk0"
          " -netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile="
          " -device isa-debug-exit,iobase=0x501,iosize=4");
}

TEST(QemuCommand, LinuxOnQ35) {
  EXPECT_EQ(
      rendered(linux_spec(), {.machine = MachineType::Q35, .tsc_khz = 2'596'122}),
      "qemu-system-x86_64 -name hello -nodefaults -no-user-config -no-reboot -display none " +
          std::string(kSandbox) +
          " -machine q35,smm=off,vmport=off -accel tcg -cpu max,erms=off,fsrm=off -smp 1,maxcpus=2 -m 256M"
          " -chardev stdio,id=console,signal=off -serial chardev:console"
          " -kernel /k/vmlinux -initrd /out/hello.initrd -append 'console=ttyS0 quiet'"
          " -drive id=disk0,if=none,format=raw,file=/out/hello.img,snapshot=on -device "
          "virtio-blk-pci,drive=disk0"
          " -netdev user,id=net0 -device virtio-net-pci,netdev=net0,romfile="
          " -device isa-debug-exit,iobase=0xf4,iosize=4");
}

TEST(QemuCommand, LinuxOnMicrovmIsToldTheTscWithoutKvm) {
  EXPECT_EQ(rendered(linux_spec(), {.sandbox = QemuOptions::Sandbox::Off, .tsc_khz = 2'596'122}),
            "qemu-system-x86_64 -name hello -nodefaults -no-user-config -no-reboot -display none"
            " -machine microvm,acpi=on,pit=off,pic=off,rtc=on -accel tcg -cpu max,erms=off,fsrm=off -smp "
            "1,maxcpus=2 -m 256M"
            " -chardev stdio,id=console,signal=off -serial chardev:console"
            " -bios qboot.rom -kernel /k/vmlinux -initrd /out/hello.initrd"
            " -append 'console=ttyS0 quiet tsc_early_khz=2596122' -global virtio-mmio.force-legacy=false"
            " -drive id=disk0,if=none,format=raw,file=/out/hello.img,snapshot=on -device "
            "virtio-blk-device,drive=disk0"
            " -netdev user,id=net0 -device virtio-net-device,netdev=net0 -device "
            "isa-debug-exit,iobase=0xf4,iosize=4");
  EXPECT_THAT(qemu_command(linux_spec(), {.accelerator = Accelerator::Kvm, .tsc_khz = 2'596'122}),
              testing::Contains("console=ttyS0 quiet"));
}

// Where the network is QEMU's own, and the guest would ask it.
TEST(QemuCommand, LinuxIsToldTheAddressThatItWouldGet) {
  VmSpec spec = linux_spec();
  auto append = [&] {
    std::vector<std::string> argv = qemu_command(spec, {});
    return *(std::find(argv.begin(), argv.end(), "-append") + 1);
  };
  spec.direct_boot->command_line = "quiet faasc.ip=dhcp faasc.grace=10";
  EXPECT_EQ(append(), "quiet faasc.ip=10.0.2.15/24 faasc.gw=10.0.2.2 faasc.dns=10.0.2.3 faasc.grace=10");
  spec.nics[0].tap = "tap0";
  EXPECT_EQ(append(), "quiet faasc.ip=dhcp faasc.grace=10");
  spec.nics[0].tap.clear();
  spec.nics[0].address = "10.0.2.20/24";
  EXPECT_EQ(append(), "quiet faasc.ip=dhcp faasc.grace=10");
  spec.nics[0].address = "dhcp";
  for (const char* line : {"quiet ip=dhcp", "quiet faasc.ip=dhcp6", "quiet no.faasc.ip=dhcp", "quiet"}) {
    spec.direct_boot->command_line = line;
    EXPECT_EQ(append(), line);
  }
}

TEST(QemuCommand, DiskAccess) {
  VmSpec spec = nanos_spec();
  spec.disks = {{.path = "/o/a.img", .format = "raw", .read_only = true, .bios_bootable = true},
                {.path = "/o/b,c.vhd", .format = "vhd", .read_only = false, .bios_bootable = false}};
  auto drives = [](const std::vector<std::string>& argv) {
    std::vector<std::string> found;
    for (std::size_t i = 0; i + 1 < argv.size(); ++i)
      if (argv[i] == "-drive") found.push_back(argv[i + 1]);
    return found;
  };
  // Nanos writes to any disk that lets it, and complains on the console about one that does not.
  EXPECT_THAT(drives(qemu_command(spec, {})),
              testing::ElementsAre("id=disk0,if=none,format=raw,file=/o/a.img,snapshot=on",
                                   "id=disk1,if=none,format=vpc,file=/o/b,,c.vhd,snapshot=on"));
  EXPECT_THAT(drives(qemu_command(spec, {.disk_writes = QemuOptions::DiskWrites::Keep})),
              testing::ElementsAre("id=disk0,if=none,format=raw,file=/o/a.img,snapshot=on",
                                   "id=disk1,if=none,format=vpc,file=/o/b,,c.vhd"));
  spec.kernel_family = "linux";
  EXPECT_THAT(drives(qemu_command(spec, {.disk_writes = QemuOptions::DiskWrites::Keep})),
              testing::ElementsAre("id=disk0,if=none,format=raw,file=/o/a.img,readonly=on",
                                   "id=disk1,if=none,format=vpc,file=/o/b,,c.vhd"));
}

TEST(QemuCommand, StaticAddresses) {
  struct Case {
    const char *address, *gateway, *netdev;
  };
  const Case cases[] = {
      {"10.0.2.15/24", "10.0.2.2",
       "user,id=net0,net=10.0.2.0/24,host=10.0.2.2,dns=10.0.2.1,hostfwd=tcp:127.0.0.1:1234-10.0.2.15:8080"},
      {"192.168.7.1/30", "",
       "user,id=net0,net=192.168.7.0/"
       "30,host=192.168.7.2,dns=192.168.7.3,hostfwd=tcp:127.0.0.1:1234-192.168.7.1:8080"},
      {"172.16.5.9/16", "172.16.0.1",
       "user,id=net0,net=172.16.0.0/"
       "16,host=172.16.0.1,dns=172.16.0.2,hostfwd=tcp:127.0.0.1:1234-172.16.5.9:8080"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.address);
    VmSpec spec = nanos_spec();
    spec.nics = {{.model = "virtio-net", .address = c.address, .gateway = c.gateway}};
    EXPECT_THAT(qemu_command(spec, {.ports = {{1234, 8080}}}), testing::Contains(c.netdev));
  }
}

TEST(QemuCommand, OddNamesAndSizes) {
  VmSpec spec = nanos_spec();
  spec.name = "a,b";
  spec.memory_bytes = (64 << 20) + 1;
  spec.nics.clear();
  spec.exit_port.reset();
  auto argv = qemu_command(spec, {});
  EXPECT_THAT(argv, testing::Contains("a,,b"));
  EXPECT_THAT(argv, testing::Contains("65537k"));
  EXPECT_THAT(argv, testing::Not(testing::Contains("-netdev")));
  EXPECT_THAT(argv, testing::Not(testing::Contains(testing::HasSubstr("isa-debug-exit"))));
}

}  // namespace
}  // namespace faasc
