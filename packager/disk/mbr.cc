#include "packager/disk/mbr.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <string>

#include "packager/disk/codes.h"

namespace faasc {

Mbr mbr_from_bytes(std::string_view bytes) {
  assert(bytes.size() >= sizeof(Mbr));
  Mbr mbr;
  std::memcpy(&mbr, bytes.data(), sizeof mbr);
  return mbr;
}

std::string_view bytes_of(const Mbr& mbr) {
  return {reinterpret_cast<const char*>(&mbr), sizeof mbr};
}

MbrEntry mbr_partition(std::uint64_t offset_bytes, std::uint64_t size_bytes, std::uint8_t status,
                       std::uint8_t type) {
  // Cylinders, heads and sectors are long out of use; this value tells a reader to go by sector numbers.
  constexpr std::array<std::uint8_t, 3> kBeyond = {0xfe, 0xff, 0xff};
  std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  assert(offset_bytes / kDiskSectorSize <= most);
  return {status,
          kBeyond,
          type,
          kBeyond,
          static_cast<std::uint32_t>(offset_bytes / kDiskSectorSize),
          static_cast<std::uint32_t>(std::min(size_bytes / kDiskSectorSize, most))};
}

Result<void> check_boot_blob(std::string_view blob, std::string_view name) {
  auto damaged = [&](const std::string& why) {
    return Error{Fault::Missing,
                 kDiskNoBootBlob,
                 "'" + std::string(name) + "' is not Nanos' boot loader: " + why,
                 {},
                 "take boot.img from the release the kernel is from"};
  };
  if (blob.size() < 2 * kDiskSectorSize || blob.size() % kDiskSectorSize != 0)
    return damaged("it has " + std::to_string(blob.size()) +
                   " bytes, which is not two or more whole sectors");
  Mbr mbr = mbr_from_bytes(blob);
  if (mbr.signature != kMbrSignature) return damaged("sector 0 does not end in 55 aa");
  const NanosBootRegion& region = mbr.boot_region;
  if (region.type != kNanosBootRegionType || region.length != blob.size() - kDiskSectorSize)
    return damaged("its second stage has " + std::to_string(blob.size() - kDiskSectorSize) +
                   " bytes, but its first stage expects " + std::to_string(region.length) + " (region type " +
                   std::to_string(region.type) + ")");
  return {};
}

}  // namespace faasc
