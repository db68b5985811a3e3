#include "packager/disk/linux_boot_kernel.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "packager/disk/codes.h"

namespace faasc {
namespace {

/// The part of a bzImage from byte 0x1f1 on that speaks with boot loaders.
struct SetupHeader {
  std::uint8_t real_mode_sectors;  ///< without the first; 0 means 4
  le16 root_flags;
  le32 size_16;
  le16 ram_size, video_mode, root_device, boot_flag;
  le16 jump;
  std::array<char, 4> magic;  ///< "HdrS"
  le16 version;
  le32 switch_hook;
  le16 load_segment, version_text;
  std::uint8_t loader_type, load_flags;
  le16 move_size;
  le32 code_address, initrd_address, initrd_size, kludge;
  le16 heap_end;
  std::uint8_t loader_version, loader_type_high;
  le32 command_line_address, initrd_address_most, alignment;
  std::uint8_t is_relocatable, least_alignment;
  le16 more_load_flags;
  le32 command_line_size, architecture;
  le64 architecture_data;
  le32 payload_offset, payload_size;
  le64 setup_data, preferred_address;
  le32 unpacking_size;
};
constexpr std::size_t kHeader = 0x1f1;
static_assert(alignof(SetupHeader) == 1);
static_assert(kHeader + offsetof(SetupHeader, boot_flag) == 0x1fe);
static_assert(kHeader + offsetof(SetupHeader, loader_type) == 0x210);
static_assert(kHeader + offsetof(SetupHeader, initrd_address) == 0x218);
static_assert(kHeader + offsetof(SetupHeader, command_line_address) == 0x228);
static_assert(kHeader + offsetof(SetupHeader, preferred_address) == 0x258);
static_assert(kHeader + offsetof(SetupHeader, unpacking_size) == 0x260);

constexpr std::uint32_t kPage = 4096;
constexpr std::uint16_t kBootFlag = 0xaa55;
constexpr std::uint16_t kVersionWithSizes = 0x20a;  // Linux 2.6.31
constexpr std::uint8_t kLoadedHigh = 0x01, kMayUseHeap = 0x80;
constexpr std::uint8_t kUnknownLoader = 0xff;

// As runtimes/linux/boot/boot_sector.S lays out the memory below 1 MiB.
constexpr std::uint32_t kRealModeAddress = 0x20000, kRealModeBytes = 0xe000;
constexpr std::uint32_t kCommandLineAddress = kRealModeAddress + kRealModeBytes;
constexpr std::uint32_t kMostCommandLine = 0x1000;
constexpr std::uint16_t kHeapEnd = kRealModeBytes - 0x200;
constexpr std::uint32_t kKernelAddress = 0x100000;

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

std::uint32_t sectors(std::uint64_t bytes) {
  return static_cast<std::uint32_t>(align_up(bytes, kDiskSectorSize) / kDiskSectorSize);
}

}  // namespace

Result<LinuxBootKernel> prepare_linux_kernel(std::string image, std::uint64_t initrd_bytes,
                                             std::string_view name) {
  auto refuse = [&](const std::string& why) {
    return Error{Fault::Missing,
                 kDiskBadLinuxKernel,
                 "'" + std::string(name) + "' cannot be started by a boot loader: " + why,
                 {},
                 "pull the kernel again, or write a disk for a VMM that loads the kernel itself"};
  };
  SetupHeader header;
  if (image.size() < kHeader + sizeof header)
    return refuse("it has only " + std::to_string(image.size()) + " bytes");
  std::memcpy(&header, image.data() + kHeader, sizeof header);
  if (header.boot_flag != kBootFlag || std::string_view(header.magic.data(), 4) != "HdrS")
    return refuse("it is no bzImage");
  if (header.version < kVersionWithSizes || (header.load_flags & kLoadedHigh) == 0)
    return refuse("it is older than Linux 2.6.31");
  if (!image.starts_with("MZ")) return refuse("it is not built to be started by UEFI");

  LinuxBootKernel kernel;
  kernel.real_mode_sectors = 1 + (header.real_mode_sectors == 0 ? 4u : header.real_mode_sectors);
  std::uint64_t real_mode_bytes = kernel.real_mode_sectors * kDiskSectorSize;
  if (real_mode_bytes > kHeapEnd || real_mode_bytes >= image.size())
    return refuse("its 16-bit part has " + std::to_string(real_mode_bytes) + " bytes");
  if (header.preferred_address > header.initrd_address_most)
    return refuse("it wants to be at " + std::to_string(header.preferred_address) + " in memory");
  std::uint64_t kernel_end = std::max<std::uint64_t>(kKernelAddress + image.size() - real_mode_bytes,
                                                     header.preferred_address + header.unpacking_size);
  std::uint64_t initrd = align_up(kernel_end, kPage);
  if (initrd + initrd_bytes > header.initrd_address_most)
    return refuse("kernel and initramfs take " + std::to_string(initrd + initrd_bytes) +
                  " bytes of memory; it takes at most " + std::to_string(header.initrd_address_most));
  kernel.initrd_address = static_cast<std::uint32_t>(initrd);
  kernel.command_line_size = std::min<std::uint32_t>(header.command_line_size, kMostCommandLine - 1);

  header.loader_type = kUnknownLoader;
  header.load_flags |= kMayUseHeap;
  header.heap_end = kHeapEnd;
  header.command_line_address = kCommandLineAddress;
  header.initrd_address = kernel.initrd_address;
  header.initrd_size = static_cast<std::uint32_t>(initrd_bytes);
  image.replace(kHeader, sizeof header, reinterpret_cast<const char*>(&header), sizeof header);
  kernel.image = std::move(image);
  return kernel;
}

Result<std::string> linux_command_line_file(std::string_view line, const LinuxBootKernel& kernel) {
  if (line.size() > kernel.command_line_size)
    return Error{Fault::Input,
                 kDiskLongCommandLine,
                 "the kernel's command line has " + std::to_string(line.size()) +
                     " bytes; this kernel takes " + std::to_string(kernel.command_line_size),
                 {},
                 {}};
  // Sectors are loaded whole, and the zeros after the file's end are what ends the line.
  std::string text = std::string(line) + "\n";
  if (text.size() % kDiskSectorSize == 0) text += "\n";
  return text;
}

Result<LinuxBootSector> linux_boot_sector(std::string_view code, std::string_view name,
                                          const LinuxBootKernel& kernel, const FatLayout& boot_partition) {
  LinuxBootSector sector;
  bool ours = code.size() == sizeof sector;
  if (ours) std::memcpy(&sector, code.data(), sizeof sector);
  ours = ours && std::string_view(sector.magic.data(), sector.magic.size()) == kLinuxBootMagic &&
         sector.signature == kMbrSignature;
  if (!ours)
    return Error{Fault::Missing,
                 kDiskNoLinuxLoader,
                 "'" + std::string(name) + "' is not faasc's boot sector for Linux",
                 {},
                 "build everything or install faasc again"};
  const FatLayout::File* image = boot_partition.find(kLinuxKernelPath);
  const FatLayout::File* line = boot_partition.find(kLinuxCommandLinePath);
  const FatLayout::File* initrd = boot_partition.find(kLinuxInitrdPath);
  assert(image && line && initrd);
  auto piece = [&](const FatLayout::File& file, std::uint32_t skip, std::uint32_t count,
                   std::uint32_t address) {
    return LinuxBootPiece{
        static_cast<std::uint32_t>(boot_partition.hidden_sectors + file.first_sector + skip), address, count};
  };
  std::uint32_t real_mode = kernel.real_mode_sectors;
  sector.pieces = {piece(*image, 0, real_mode, kRealModeAddress),
                   piece(*line, 0, sectors(line->size_bytes), kCommandLineAddress),
                   piece(*image, real_mode, sectors(image->size_bytes) - real_mode, kKernelAddress),
                   piece(*initrd, 0, sectors(initrd->size_bytes), kernel.initrd_address)};
  return sector;
}

}  // namespace faasc
