#include "packager/disk/formats/disk_format.h"

#include <array>

namespace faasc {
namespace {

constexpr std::array kAll = {DiskFormat::Raw, DiskFormat::Qcow2, DiskFormat::Vmdk,
                             DiskFormat::Vhd, DiskFormat::Vhdx,  DiskFormat::RawZst};

}  // namespace

std::string_view name_of(DiskFormat format) {
  switch (format) {
    case DiskFormat::Raw:
      return "raw";
    case DiskFormat::Qcow2:
      return "qcow2";
    case DiskFormat::Vmdk:
      return "vmdk";
    case DiskFormat::Vhd:
      return "vhd";
    case DiskFormat::Vhdx:
      return "vhdx";
    case DiskFormat::RawZst:
      break;
  }
  return "raw.zst";
}

std::optional<DiskFormat> disk_format_named(std::string_view name) {
  for (DiskFormat format : kAll)
    if (name_of(format) == name) return format;
  return std::nullopt;
}

std::span<const DiskFormat> all_disk_formats() {
  return kAll;
}

std::string_view extension_of(DiskFormat format) {
  switch (format) {
    case DiskFormat::Raw:
      return ".img";
    case DiskFormat::Qcow2:
      return ".qcow2";
    case DiskFormat::Vmdk:
      return ".vmdk";
    case DiskFormat::Vhd:
      return ".vhd";
    case DiskFormat::Vhdx:
      return ".vhdx";
    case DiskFormat::RawZst:
      break;
  }
  return ".img.zst";
}

}  // namespace faasc
