#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace faasc {

/// What a disk is stored as. Each but raw has a writer and a reader of its own in this room.
enum class DiskFormat : std::uint8_t {
  Raw,     ///< the disk's bytes; what is zero is a hole
  Qcow2,   ///< QEMU, OpenStack, KubeVirt, Proxmox; version 3 ("compat=1.1"), clusters of 64 KiB
  Vmdk,    ///< VMware, vSphere and the importers of clouds, all of which take "streamOptimized"
  Vhd,     ///< Azure, which takes fixed disks of whole MiB only; QEMU calls it "vpc"
  Vhdx,    ///< Hyper-V; dynamic, blocks of 1 MiB
  RawZst,  ///< the raw disk, compressed: to be stored or sent
};

/// As in the manifest and on the command line: "raw", "qcow2", "vmdk", "vhd", "vhdx", "raw.zst".
std::string_view name_of(DiskFormat format);
std::optional<DiskFormat> disk_format_named(std::string_view name);
std::span<const DiskFormat> all_disk_formats();

/// What files of this format are called: ".img", ".qcow2", ".vmdk", ".vhd", ".vhdx", ".img.zst".
std::string_view extension_of(DiskFormat format);

}  // namespace faasc
