#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "packager/disk/image.h"
#include "packager/disk/linux_root.h"
#include "packager/kernels/kernel.h"
#include "packager/rootfs/program.h"

namespace faasc {

/// What a Linux root disk is to be made of. The program and the kernel have to outlive the request.
struct LinuxDiskRequest {
  const Program& program;
  const Kernel& kernel;        ///< only its initramfs matters, and its bzImage for `self_boot`
  std::filesystem::path init;  ///< ours: lib/faasc/linux/init

  LinuxRoot root = LinuxRoot::Ext4;

  /// Absent: the root is read-only. Otherwise the guest can write to it, and there is room for so many bytes:
  /// on an ext4; what is written to the others stays in the guest's memory, see LinuxCommandLine::room_bytes.
  /// /tmp, /run and /dev/shm are in the guest's memory either way.
  std::optional<std::uint64_t> ephemeral_storage_bytes;

  /// As NanosDiskRequest::size_bytes.
  std::optional<std::uint64_t> size_bytes;

  std::string identity;  ///< goes into the root's UUID; see Ext4Options

  /// For a disk that boots without a VMM that loads the kernel: by a BIOS as well as by UEFI.
  struct SelfBoot {
    std::filesystem::path boot_sector;  ///< ours: lib/faasc/linux/boot.bin
    std::filesystem::path uefi_loader;  ///< ours: lib/faasc/linux/bootx64.efi
    std::string command_line;
  };
  std::optional<SelfBoot> self_boot;
};

/// Writes the root disk to `out`, and the initramfs for direct boot to linux_initrd_path(out): the kernel's
/// modules, then our init. Each appears whole or not at all. Same request, same bytes. The disk is a bare
/// ext4 or EROFS labelled "faasc-root", or, if it is to boot by itself,
///
///   boot sector with the partition table | at 1 MiB: FAT32 with loader, kernel, command line, initramfs |
///   ext4 or EROFS
///
/// where BIOS and UEFI load the same copy of the kernel. Partitions begin at whole MiB.
///
/// With LinuxRoot::Initramfs there is no disk: `out` is the initramfs, an archive with the tree after the
/// others. `size_bytes` and `self_boot` are of no meaning then. FAASC0582 where the tree has a name that
/// belongs to init there.
///
/// In the root there is the program's tree, and besides, where the tree does not have them: the directories
/// that init mounts on (/proc, /sys, /dev, /tmp, /run), /etc/hosts, and /etc/resolv.conf as a link to
/// /run/resolv.conf, which init writes. What is to be run is in /etc/faasc/program
/// (runtimes/linux/init/program_file.h has its grammar). The executable and its interpreters get execute
/// permission, which trees that were made for Nanos lack.
Result<Image> write_linux_disk(const LinuxDiskRequest& request, const std::filesystem::path& out);

/// "build/hello.img" → "build/hello.initrd"
std::filesystem::path linux_initrd_path(const std::filesystem::path& out);

/// The contents of /etc/faasc/program.
Result<std::string> linux_program_file(const Program& program);

/// What a machine's kernel command line has to say to the kernel and to our init.
struct LinuxCommandLine {
  bool writable = false;  ///< as the disk was written
  /// Of a root that is written to in memory: how much of that it may take. Absent: half of it.
  std::optional<std::uint64_t> room_bytes{};
  std::string address = "dhcp";  ///< as in VmSpec::Nic. Init then asks for it
  std::string gateway;           ///< of a static address; empty: none
  std::string address6;          ///< IPv6 with its prefix length; empty: none
  std::optional<std::uint16_t> exit_port = 0xf4;
  std::chrono::seconds grace{10};  ///< from SIGTERM to SIGKILL, when the machine is asked to stop
  std::string hostname;            ///< empty: "faasc"
};

/// "console=ttyS0 quiet loglevel=3 panic=-1 printk.time=1 no_timer_check reboot=a ro …"
std::string linux_command_line(const LinuxCommandLine& request);

}  // namespace faasc
