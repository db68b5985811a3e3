#pragma once

namespace faasc {

// Writing.
inline constexpr const char* kDiskNoExecutable =
    "FAASC0560";  ///< the program or its working directory is not in the tree
inline constexpr const char* kDiskNoBootBlob = "FAASC0561";  ///< no boot loader, or one that is damaged
inline constexpr const char* kDiskNoKernelFile =
    "FAASC0562";  ///< the kernel lacks an image or a kernel library
inline constexpr const char* kDiskBootTooLarge =
    "FAASC0563";  ///< kernel and libraries do not fit the boot partition
inline constexpr const char* kDiskBadOption =
    "FAASC0564";  ///< an option of the root tuple that faasc sets itself
inline constexpr const char* kDiskBadAddress = "FAASC0565";  ///< not an IPv4 address where one is needed
inline constexpr const char* kDiskUnlabelledVolume = "FAASC0566";
inline constexpr const char* kDiskNoUefiLoader = "FAASC0578";  ///< no loader for UEFI
inline constexpr const char* kDiskTooSmall = "FAASC0594";  ///< a size that does not hold the disk's contents

// Reading.
inline constexpr const char* kDiskUnknown =
    "FAASC0567";  ///< neither a partition table nor a Nanos file system
inline constexpr const char* kDiskDamaged = "FAASC0568";  ///< a partition that is not on the disk

// Linux disks.
inline constexpr const char* kDiskNoInterpreter = "FAASC0581";  ///< what runs the program is not in the tree
inline constexpr const char* kDiskBadProgram =
    "FAASC0582";  ///< arguments or environment that init cannot take
inline constexpr const char* kLinuxDiskUnknown = "FAASC0580";     ///< no ext4 where one is read
inline constexpr const char* kDiskBadLinuxKernel = "FAASC0579";   ///< a kernel that no boot loader can start
inline constexpr const char* kDiskLongCommandLine = "FAASC0583";  ///< longer than the kernel takes
inline constexpr const char* kDiskBadSettings = "FAASC0742";      ///< more settings than init takes
inline constexpr const char* kDiskNoLinuxLoader = "FAASC0584";  ///< our boot sector is not what it should be

}  // namespace faasc
