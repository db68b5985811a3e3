#include "packager/disk/nanos_disk_reader.h"

#include <algorithm>

#include "packager/disk/codes.h"
#include "packager/disk/mbr.h"
#include "packager/disk/uefi_loader.h"
#include "packager/fat/codes.h"
#include "packager/tfs/codes.h"

namespace faasc {
namespace {

constexpr std::uint64_t kKernelLogBytes = 4096;

struct Partition {
  std::uint64_t offset, size;
};

Result<Partition> partition_of(const MbrEntry& entry, std::string_view name, std::uint64_t disk_size) {
  Partition partition{entry.first_sector * kDiskSectorSize, entry.sector_count * kDiskSectorSize};
  if (entry.type == 0 || partition.offset == 0)
    return Error{Fault::Input, kDiskDamaged, "the disk has no partition for " + std::string(name), {}, {}};
  if (partition.offset >= disk_size)
    return Error{Fault::Input,
                 kDiskDamaged,
                 "the partition for " + std::string(name) + " begins at byte " +
                     std::to_string(partition.offset) + ", but the disk has " + std::to_string(disk_size),
                 {},
                 {}};
  return partition;
}

bool has_boot_loader(const Mbr& mbr, std::uint64_t first_partition) {
  const NanosBootRegion& region = mbr.boot_region;
  return region.type == kNanosBootRegionType && region.length > 0 && region.length % kDiskSectorSize == 0 &&
         kDiskSectorSize + region.length <= first_partition;
}

}  // namespace

Result<NanosDisk> open_nanos_disk(std::shared_ptr<const ByteSource> source) {
  NanosDisk disk;
  std::uint64_t size = source->size();
  std::string sector(std::min(size, kDiskSectorSize), '\0');
  FAASC_CHECK(source->read_at(0, sector.data(), sector.size()));
  if (sector.starts_with(tfs::kMagic)) {
    FAASC_TRY(disk.rootfs, TfsReader::open(std::move(source)));
    disk.regions = {{"volume", 0, size}};
    return disk;
  }
  if (sector.size() < kDiskSectorSize || mbr_from_bytes(sector).signature != kMbrSignature)
    return Error{Fault::Input,
                 kDiskUnknown,
                 "not a Nanos disk: sector 0 has neither a partition table nor a file system",
                 {},
                 "only raw images can be read; qemu-img convert -O raw makes one of any other"};

  disk.has_partitions = true;
  Mbr mbr = mbr_from_bytes(sector);
  bool uefi = mbr.entries[0].type == kMbrEfiSystem;
  const MbrEntry& boot_entry = mbr.entries[uefi ? 1 : 0];
  FAASC_TRY(Partition first, partition_of(mbr.entries[0], "booting", size));
  FAASC_TRY(Partition boot, partition_of(boot_entry, "booting", size));
  FAASC_TRY(Partition root, partition_of(mbr.entries[uefi ? 2 : 1], "the root file system", size));

  // The first partition may be there for form's sake only.
  auto bootfs = TfsReader::open(piece_of(source, boot.offset, boot.size));
  if (bootfs)
    disk.bootfs = std::move(bootfs).value();
  else if (bootfs.error().code != kTfsNotTfs)
    return std::move(bootfs).during("reading the boot partition").error();
  // The kernel, too, takes all that is left of the disk, whatever the table says.
  root.size = size - root.offset;
  FAASC_TRY(disk.rootfs,
            TfsReader::open(piece_of(source, root.offset, root.size)).during("reading the root file system"));

  if (uefi) {
    auto esp = FatReader::open(piece_of(source, first.offset, first.size));
    if (esp)
      disk.esp = std::move(esp).value();
    else if (esp.error().code != kFatNotFat)  // a FAT12 or FAT16 is not looked into
      return std::move(esp).during("reading the system partition of UEFI").error();
  }

  disk.bios_bootable = disk.bootfs && has_boot_loader(mbr, first.offset);
  disk.uefi_bootable =
      disk.bootfs && disk.esp &&
      (disk.esp->find_in_any_case(kUefiLoaderPath) || disk.esp->find_in_any_case(kUefiLoaderPathAarch64));
  disk.regions = {{"mbr", 0, kDiskSectorSize}};
  if (has_boot_loader(mbr, first.offset))
    disk.regions.push_back({"stage2", kDiskSectorSize, mbr.boot_region.length});
  if (first.offset >= kDiskSectorSize + kKernelLogBytes)
    disk.regions.push_back({"klog", first.offset - kKernelLogBytes, kKernelLogBytes});
  if (uefi) disk.regions.push_back({"esp", first.offset, first.size});
  if (disk.bootfs) disk.regions.push_back({"bootfs", boot.offset, boot.size});
  disk.regions.push_back({"rootfs", root.offset, root.size});
  std::sort(disk.regions.begin(), disk.regions.end(),
            [](const ImageRegion& a, const ImageRegion& b) { return a.offset_bytes < b.offset_bytes; });
  return disk;
}

Result<NanosDisk> open_nanos_disk(const std::filesystem::path& path) {
  auto opened = [&]() -> Result<NanosDisk> {
    FAASC_TRY(std::shared_ptr<const ByteSource> source, open_byte_source(path));
    return open_nanos_disk(std::move(source));
  }();
  return std::move(opened).during("reading '" + path.string() + "'");
}

}  // namespace faasc
