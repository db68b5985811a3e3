#include "packager/disk/linux_disk_reader.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "packager/disk/disk_family.h"
#include "packager/disk/linux_boot_sector.h"

namespace faasc {
namespace {

constexpr std::size_t kRoot = 8192;

// What tells an ext4 from anything else.
std::string ext4() {
  std::string bytes(4096, '\0');
  bytes.replace(1024 + 56, 2, "\x53\xef");
  return bytes;
}

std::string disk_with(std::uint8_t type, std::uint32_t first_sector, std::uint32_t sectors) {
  LinuxBootSector sector;
  sector.entries[1] = {.type = type, .first_sector = first_sector, .sector_count = sectors};
  sector.signature = kMbrSignature;
  std::string bytes(reinterpret_cast<const char*>(&sector), sizeof sector);
  bytes.resize(kRoot);
  return bytes + ext4();
}

std::string text(std::string bytes) {
  auto disk = open_linux_disk(bytes_in_memory(std::move(bytes)));
  if (!disk) return to_text(disk.error(), Color::Off);
  std::string out = disk->has_partitions ? "partitions\n" : "bare\n";
  for (const ImageRegion& region : disk->regions)
    out += region.name + " " + std::to_string(region.offset_bytes) + "+" + std::to_string(region.size_bytes) +
           "\n";
  EXPECT_EQ(disk->rootfs.name, "rootfs");
  return out;
}

TEST(LinuxDiskReader, FindsTheRoot) {
  EXPECT_EQ(text(ext4()), "bare\nrootfs 0+4096\n");
  EXPECT_EQ(text(disk_with(kMbrLinux, 16, 8)), "partitions\nmbr 0+512\nrootfs 8192+4096\n");
}

TEST(LinuxDiskReader, Refusals) {
  const std::string raw =
      " [FAASC0580]\n  hint: only raw images can be read; qemu-img convert -O raw makes one of any other\n";
  EXPECT_EQ(text(""), "faasc: error: not a Linux disk: it has only 0 bytes" + raw);
  EXPECT_EQ(text(std::string(4096, '\0')),
            "faasc: error: not a Linux disk: there is neither a root file system (ext4, EROFS) nor a "
            "partition table at its "
            "beginning" +
                raw);
  EXPECT_EQ(
      text(disk_with(0x82, 16, 8)),
      "faasc: error: not a Linux disk: none of its partitions holds an ext4 or EROFS file system" + raw);
  EXPECT_EQ(
      text(disk_with(kMbrLinux, 8, 8)),
      "faasc: error: not a Linux disk: none of its partitions holds an ext4 or EROFS file system" + raw);
  EXPECT_EQ(text(disk_with(kMbrLinux, 16, 9)),
            "faasc: error: a partition ends at byte 12800, but the disk has 12288 [FAASC0568]\n");
  EXPECT_EQ(text(disk_with(kMbrLinux, 0xffffffff, 0xffffffff)),
            "faasc: error: a partition ends at byte 4398046510080, but the disk has 12288 [FAASC0568]\n");
}

TEST(DiskFamily, IsThatOfTheRoot) {
  auto family = [](const std::string& bytes) { return family_of_disk(*bytes_in_memory(bytes)); };
  EXPECT_EQ(family(ext4()), KernelFamily::Linux);
  EXPECT_EQ(family(disk_with(kMbrLinux, 16, 8)), KernelFamily::Linux);
  EXPECT_EQ(family("NVMTFS"), KernelFamily::Nanos);
  EXPECT_EQ(family(disk_with(kMbrLinux, 8, 8).replace(4096, 6, "NVMTFS")), KernelFamily::Nanos);
  EXPECT_EQ(family(""), std::nullopt);
  EXPECT_EQ(family(std::string(100'000, 'x')), std::nullopt);
  EXPECT_EQ(family(disk_with(kMbrLinux, 0xffffffff, 8)), std::nullopt);
}

}  // namespace
}  // namespace faasc
