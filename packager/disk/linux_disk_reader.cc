#include "packager/disk/linux_disk_reader.h"

#include <cstring>

#include "packager/cpio/cpio_reader.h"
#include "packager/disk/codes.h"
#include "packager/disk/linux_boot_sector.h"
#include "packager/disk/uefi_loader.h"
#include "packager/erofs/erofs_reader.h"
#include "packager/fat/codes.h"

namespace faasc {
namespace {

constexpr std::uint64_t kSuperblock = 1024;  // of an ext4; its magic is at byte 56 of it
constexpr std::uint64_t kExt4Magic = kSuperblock + 56;

bool is_ext4_at(const ByteSource& source, std::uint64_t offset) {
  char magic[2];
  return source.size() >= 2 && offset < source.size() - 2 &&
         source.read_at(offset + kExt4Magic, magic, sizeof magic) && std::memcmp(magic, "\x53\xef", 2) == 0;
}

std::optional<LinuxRoot> root_at(const ByteSource& source, std::uint64_t offset) {
  if (is_ext4_at(source, offset)) return LinuxRoot::Ext4;
  if (is_erofs_at(source, offset)) return LinuxRoot::Erofs;
  return std::nullopt;
}

}  // namespace

Result<LinuxDisk> open_linux_disk(std::shared_ptr<const ByteSource> source) {
  LinuxDisk disk;
  std::uint64_t size = source->size();
  if (auto root = is_cpio(*source) ? LinuxRoot::Initramfs : root_at(*source, 0)) {
    disk.root = *root;
    disk.rootfs = {"rootfs", 0, size};
    disk.regions = {disk.rootfs};
    return disk;
  }
  auto unknown = [](std::string_view why) {
    return Error{Fault::Input,
                 kLinuxDiskUnknown,
                 "not a Linux disk: " + std::string(why),
                 {},
                 "only raw images can be read; qemu-img convert -O raw makes one of any other"};
  };
  LinuxBootSector sector;
  if (size < sizeof sector) return unknown("it has only " + std::to_string(size) + " bytes");
  FAASC_CHECK(source->read_at(0, reinterpret_cast<char*>(&sector), sizeof sector));
  if (sector.signature != kMbrSignature)
    return unknown(
        "there is neither a root file system (ext4, EROFS) nor a partition table at its beginning");

  disk.has_partitions = true;
  disk.regions = {{"mbr", 0, kDiskSectorSize}};
  for (const MbrEntry& entry : sector.entries) {
    if (entry.type != kMbrEfiSystem && entry.type != kMbrLinux) continue;
    std::uint64_t offset = entry.first_sector * kDiskSectorSize, bytes = entry.sector_count * kDiskSectorSize;
    if (offset == 0 || offset >= size || bytes > size - offset)
      return Error{Fault::Input,
                   kDiskDamaged,
                   "a partition ends at byte " + std::to_string(offset + bytes) + ", but the disk has " +
                       std::to_string(size),
                   {},
                   {}};
    if (entry.type == kMbrEfiSystem && !disk.esp) {
      auto esp = FatReader::open(piece_of(source, offset, bytes));
      if (esp)
        disk.esp = std::move(esp).value();
      else if (esp.error().code != kFatNotFat)  // a FAT12 or FAT16 is not looked into
        return std::move(esp).during("reading the boot partition").error();
      disk.regions.push_back({"esp", offset, bytes});
    } else if (auto root = root_at(*source, offset);
               root && entry.type == kMbrLinux && disk.rootfs.size_bytes == 0) {
      disk.root = *root;
      disk.rootfs = {"rootfs", offset, bytes};
      disk.regions.push_back(disk.rootfs);
    }
  }
  if (disk.rootfs.size_bytes == 0)
    return unknown("none of its partitions holds an ext4 or EROFS file system");
  disk.bios_bootable = std::string_view(sector.magic.data(), sector.magic.size()) == kLinuxBootMagic &&
                       sector.pieces[0].sector_count != 0;
  disk.uefi_bootable = disk.esp && disk.esp->find_in_any_case(kUefiLoaderPath);
  return disk;
}

Result<LinuxDisk> open_linux_disk(const std::filesystem::path& path) {
  auto opened = [&]() -> Result<LinuxDisk> {
    FAASC_TRY(std::shared_ptr<const ByteSource> source, open_byte_source(path));
    return open_linux_disk(std::move(source));
  }();
  return std::move(opened).during("reading '" + path.string() + "'");
}

}  // namespace faasc
