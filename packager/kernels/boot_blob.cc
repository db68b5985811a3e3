#include "packager/kernels/boot_blob.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <set>

#include "base/endian.h"
#include "packager/kernels/codes.h"
#include "packager/kernels/kernel_version.h"

namespace faasc {
namespace {

constexpr std::size_t kSectorBytes = 512;

// Stage 1 is the first sector, with a description of what follows it just before the partition table.
constexpr std::size_t kRegionLengthAt = 0x1B2;
constexpr std::size_t kRegionTypeAt = 0x1BA;
constexpr std::uint32_t kBootRegionType = 12;

constexpr std::uint32_t kStage2Address = 0x8000;  // where stage 1 loads it
// What stage 2 says of a file system whose version it does not read.
constexpr std::string_view kVersionMessage = "tfs version mismatch (read ";
constexpr unsigned kTfsVersion = 5;  // packager/tfs/tfs_format.h, which is none of this room's
constexpr unsigned kLastVersion = 15;
// As far before and after its message does a compiler put the comparisons that lead there.
constexpr std::size_t kBefore = 128, kAfter = 32;

/// The small constants of comparisons and arguments in 32-bit code: `xor r, imm8`, `cmp r, imm8`, `push
/// imm8`. A version is 64 bits wide, so that it is compared with by xor and or.
void collect_constants(std::string_view code, std::set<unsigned>& found) {
  for (std::size_t i = 0; i + 2 < code.size(); ++i) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(code[i + at]); };
    const bool push = byte(0) == 0x6a, xor_or_cmp = byte(0) == 0x83 && byte(1) >= 0xf0;
    const unsigned constant = push ? byte(1) : byte(2);
    if ((push || xor_or_cmp) && constant > 0 && constant <= kLastVersion) found.insert(constant);
  }
}

Error bad_boot_blob(const std::string& shown, const std::string& why) {
  return Error{Fault::Input,
               kBadBootBlob,
               "'" + shown + "' is not the boot loader of Nanos: " + why,
               {},
               "take boot.img from the same release as kernel.img"};
}

}  // namespace

std::optional<unsigned> other_tfs_version(std::string_view boot_blob) {
  const std::size_t message = boot_blob.find(kVersionMessage);
  if (message == std::string_view::npos || message < kSectorBytes) return std::nullopt;
  const le32 address(static_cast<std::uint32_t>(kStage2Address + message - kSectorBytes));
  const std::string_view pattern(reinterpret_cast<const char*>(&address), sizeof address);
  std::set<unsigned> constants;
  for (std::size_t at = boot_blob.find(pattern, kSectorBytes); at != std::string_view::npos;
       at = boot_blob.find(pattern, at + 1)) {
    const std::size_t begin = std::max(kSectorBytes, at - std::min(at, kBefore));
    collect_constants(boot_blob.substr(begin, at + kAfter - begin), constants);
  }
  if (constants.empty() || constants.contains(kTfsVersion)) return std::nullopt;
  return constants.contains(kTfsVersion - 1) ? kTfsVersion - 1 : *constants.rbegin();
}

Result<void> check_boot_blob(std::string_view bytes, const std::string& shown) {
  if (bytes.starts_with("\177ELF")) return bad_boot_blob(shown, "it is an ELF file, as kernel.img is");
  if (bytes.size() < 2 * kSectorBytes || bytes.size() % kSectorBytes != 0)
    return bad_boot_blob(shown, "it has " + std::to_string(bytes.size()) +
                                    " bytes where a multiple of 512 from 1024 on is needed");
  if (bytes.substr(kSectorBytes - 2, 2) != "\x55\xaa")
    return bad_boot_blob(shown, "its first sector does not end in the bytes 55 AA");
  le64 length;
  le32 type;
  std::memcpy(&length, bytes.data() + kRegionLengthAt, sizeof length);
  std::memcpy(&type, bytes.data() + kRegionTypeAt, sizeof type);
  if (type != kBootRegionType)
    return bad_boot_blob(
        shown, "the region at byte 0x1AA is of type " + std::to_string(type) + " where 12 is needed");
  if (length != bytes.size() - kSectorBytes)
    return bad_boot_blob(shown, "it says that " + std::to_string(length) +
                                    " bytes follow its first sector, and " +
                                    std::to_string(bytes.size() - kSectorBytes) + " do");
  if (auto version = other_tfs_version(bytes))
    return Error{Fault::Input,
                 kForeignBootBlob,
                 "'" + shown + "' does not belong to this kernel.img: it reads version " +
                     std::to_string(*version) + " of Nanos' file system, and since '" +
                     std::string(kOldestNanos) + "' that is version " + std::to_string(kTfsVersion),
                 {},
                 "take boot.img from the same release as kernel.img"};
  return {};
}

}  // namespace faasc
