#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/disk/image.h"
#include "packager/kernels/kernel.h"
#include "packager/output/earlier_image.h"
#include "packager/rootfs/program.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

/// What a Nanos disk is to be made of. The program and the kernel have to outlive the request.
struct NanosDiskRequest {
  const Program& program;
  const Kernel& kernel;  ///< only its architecture and the paths of its files matter

  /// With a boot loader and the kernel on the disk, which then boots on a PC with a BIOS as well as by a VMM
  /// that loads the kernel itself; without, only the latter, and smaller by that.
  bool bios_bootable = true;

  /// With a system partition for UEFI besides, which is 33 MiB (holes not counted), and the kernel on the
  /// disk. The disk then boots both ways, if it is `bios_bootable`.
  bool uefi_bootable = false;

  /// Absent: the guest cannot write to its root. Otherwise it can, and there is room for so many bytes of
  /// file data.
  std::optional<std::uint64_t> ephemeral_storage_bytes;

  /// The size of the whole disk, rounded up to 4 KiB; absent: what the contents and `ephemeral_storage_bytes`
  /// come to, and no more. What it has beyond that is room for the guest to write, if it can.
  std::optional<std::uint64_t> size_bytes;

  /// Kernel libraries to load, by file name ("tls"). What a library is known to depend on comes along. They
  /// need the kernel on the disk, which takes its boot partition even if the disk is not bootable.
  std::vector<std::string> klibs;

  std::string address = "dhcp";  ///< or a static IPv4 address with prefix length, "10.0.2.15/24"
  std::string gateway;           ///< of a static address; empty: the first address of the network

  /// More of the root tuple: kernel options as Nanos' documentation names them. Those that faasc sets itself
  /// are refused.
  TfsTuple options;

  std::string identity;  ///< goes into the file systems' UUIDs; see TfsOptions
};

/// Writes a raw disk to `out`, whole or not at all:
///
///   BIOS      boot.img with the partition table filled in | kernel log, 4 KiB | bootfs | rootfs
///   otherwise a sector with the partition table           | kernel log, 4 KiB | (bootfs) | rootfs
///
/// For UEFI there is a FAT32 of 33 MiB with the kernel's own loader in it between the log and bootfs. The
/// kernel log is where Nanos puts its messages when the program failed; it lies right before the first
/// partition. All partitions begin at multiples of 4 KiB. The root tuple has program, arguments, environment,
/// cwd where it is not "/", debug_exit (the exit status goes to the isa-debug-exit port), readonly_rootfs,
/// klibs, and en1 for a static address. The same request gives the same bytes.
Result<Image> write_nanos_disk(const NanosDiskRequest& request, const std::filesystem::path& out);

/// As write_nanos_disk, and the same bytes, but takes from the image that is at `out` what has not changed
/// since it was written, instead of reading and writing it again. `places` says what lies where in it
/// (nothing: all is read), and then what lies where in the new one, with its stamp; keep it beside the image.
/// Only stamps are compared, so an image or a file that was changed in any way counts as another one.
Result<Image> rewrite_nanos_disk(const NanosDiskRequest& request, const std::filesystem::path& out,
                                 ImagePlaces& places);

/// An empty volume to mount in a guest (a bare file system without a partition table), with room for
/// `size_bytes` of file data. The guest names it by `label`.
Result<Image> write_nanos_volume(std::string_view label, std::uint64_t size_bytes,
                                 const std::filesystem::path& out);

}  // namespace faasc
