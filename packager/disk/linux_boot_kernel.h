#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "packager/disk/linux_boot_sector.h"
#include "packager/fat/fat_layout.h"

namespace faasc {

// Where things lie on a Linux disk's boot partition. Names are what runtimes/linux/boot looks for.
inline constexpr const char* kLinuxKernelPath = "/FAASC/LINUX";
inline constexpr const char* kLinuxInitrdPath = "/FAASC/INITRD";
inline constexpr const char* kLinuxCommandLinePath = "/FAASC/CMDLINE";

/// A bzImage with what a boot loader has to tell it in its header ("setup header" in Linux'
/// Documentation/arch/x86/boot.rst), and what loading it takes. UEFI does not look at what was changed.
struct LinuxBootKernel {
  std::string image;
  std::uint32_t real_mode_sectors = 0;  ///< of the image: its 16-bit part
  std::uint32_t initrd_address = 0;     ///< behind all that the kernel uses to unpack itself
  std::uint32_t command_line_size = 0;  ///< how long it may be
};

/// Prepares a kernel for an initramfs of `initrd_bytes`. FAASC0579 where it is no bzImage, or one that our
/// boot sector or UEFI could not start; `name` is for the message.
Result<LinuxBootKernel> prepare_linux_kernel(std::string image, std::uint64_t initrd_bytes,
                                             std::string_view name);

/// The contents of kLinuxCommandLinePath. FAASC0583 where the kernel would cut it off.
Result<std::string> linux_command_line_file(std::string_view line, const LinuxBootKernel& kernel);

/// Our boot sector with its table filled in for a boot partition that was planned. `code` is the contents of
/// lib/faasc/linux/boot.bin; FAASC0584 where it is something else.
Result<LinuxBootSector> linux_boot_sector(std::string_view code, std::string_view name,
                                          const LinuxBootKernel& kernel, const FatLayout& boot_partition);

}  // namespace faasc
