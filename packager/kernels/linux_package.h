#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "packager/kernels/kernel.h"

namespace faasc {

inline constexpr const char* kNoLinuxKernel = "FAASC0640";  ///< no boot/vmlinuz-* in the packages, or several
inline constexpr const char* kBadLinuxImage = "FAASC0641";  ///< not a bzImage for x86_64 that can be unpacked
inline constexpr const char* kMissingLinuxModule = "FAASC0642";  ///< neither built in nor in the packages
inline constexpr const char* kBadLinuxModule = "FAASC0643";      ///< not a kernel module

/// Takes a kernel out of its distribution packages: linux-image-*-cloud-amd64 of Debian alone, or
/// linux-image-* together with linux-modules-* of Ubuntu. Needs no root, runs nothing. `into` is created and
/// gets
///
///   bzImage       as packaged
///   vmlinux       the ELF file inside of it, with its PVH note; without section headers and trailing zeros
///   modules.cpio  /mod/<name>.ko for what a virtual machine's disk, network and power button need and is not
///   built in, and
///                 /mod/order: their file names, one on a line, each after what it depends on
///
/// On failure `into` may hold some of them: extract into a temporary directory and rename. `version` is the
/// kernel's release, `origin` the packages' file names. Needs libarchive, so it is not for faasc itself.
Result<Kernel> extract_linux_kernel(const std::vector<std::filesystem::path>& packages,
                                    const std::filesystem::path& into);

}  // namespace faasc
