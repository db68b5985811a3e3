#include "packager/disk/disk_size.h"

#include <string>

#include "packager/disk/codes.h"

namespace faasc {
namespace {

constexpr std::uint64_t kPage = 4096;

std::string kibibytes(std::uint64_t bytes) {
  return std::to_string((bytes + 1023) / 1024) + "KiB";
}

}  // namespace

Result<std::uint64_t> disk_size(std::uint64_t needed_bytes, std::optional<std::uint64_t> asked_bytes) {
  if (!asked_bytes) return needed_bytes;
  std::uint64_t size = (*asked_bytes + kPage - 1) / kPage * kPage;
  if (size >= needed_bytes) return size;
  return Error{Fault::Input,
               kDiskTooSmall,
               "a disk of " + kibibytes(*asked_bytes) + " is too small by " + kibibytes(needed_bytes - size) +
                   ": it needs " + kibibytes(needed_bytes),
               {},
               "give it at least " + kibibytes(needed_bytes) + ", or leave the size open"};
}

}  // namespace faasc
