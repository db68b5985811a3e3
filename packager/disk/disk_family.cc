#include "packager/disk/disk_family.h"

#include <algorithm>
#include <array>
#include <string>

#include "packager/cpio/cpio_reader.h"
#include "packager/disk/mbr.h"
#include "packager/erofs/erofs_reader.h"
#include "packager/tfs/tfs_format.h"

namespace faasc {
namespace {

std::optional<KernelFamily> family_of_file_system(const ByteSource& disk, std::uint64_t offset) {
  constexpr std::size_t kExt4Magic = 1024 + 56;
  std::array<char, 2048> start{};
  if (offset >= disk.size()) return std::nullopt;
  std::size_t size = std::min<std::uint64_t>(start.size(), disk.size() - offset);
  if (!disk.read_at(offset, start.data(), size)) return std::nullopt;
  std::string_view bytes(start.data(), start.size());
  if (bytes.starts_with(tfs::kMagic)) return KernelFamily::Nanos;
  if (bytes.substr(kExt4Magic, 2) == "\x53\xef" || is_erofs_at(disk, offset)) return KernelFamily::Linux;
  return std::nullopt;
}

}  // namespace

std::optional<KernelFamily> family_of_disk(const ByteSource& disk) {
  if (auto family = family_of_file_system(disk, 0)) return family;
  if (is_cpio(disk)) return KernelFamily::Linux;
  std::string sector(kDiskSectorSize, '\0');
  if (disk.size() < sector.size() || !disk.read_at(0, sector.data(), sector.size())) return std::nullopt;
  Mbr mbr = mbr_from_bytes(sector);
  if (mbr.signature != kMbrSignature) return std::nullopt;
  for (const MbrEntry& entry : mbr.entries)
    if (entry.type != 0 && entry.first_sector != 0)
      if (auto family = family_of_file_system(disk, entry.first_sector * kDiskSectorSize)) return family;
  return std::nullopt;
}

}  // namespace faasc
