#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "packager/kernels/kernel_elf.h"

namespace faasc {

/// A Nanos release, as upstream publishes it: kernel.img, boot.img, bootx64.efi and klibs/<name>, flat or
/// below one directory, in a tar archive or unpacked. Only kernel.img and boot.img have to be there; whatever
/// else is in it is left out. One for aarch64 has no boot.img, and bootaa64.efi in place of bootx64.efi.

/// Copies the files of a release from a directory or a tar archive to `staging`, an empty directory. Returns
/// the name of the directory in which they were found within `source`; empty where they are at its top.
/// FAASC0614 where it is no release.
Result<std::string> stage_nanos_release(const std::filesystem::path& source,
                                        const std::filesystem::path& staging);

/// Checks the files of a release: kernel.img is a kernel, boot.img is a boot loader of Nanos, bootx64.efi or
/// bootaa64.efi an EFI application, all for one architecture, and every klib finds in kernel.img, or in
/// another klib, what it links against. Errors speak of the files as lying in `shown`. FAASC0610 to
/// FAASC0613; FAASC0639 where they are for several.
Result<KernelElf> check_nanos_release(const std::filesystem::path& directory, const std::string& shown);

/// The version in the name of a tar archive ("nanos-release-linux-0.1.55.tar.gz", "0.1.55.tgz") or of a
/// directory ("0.1.55"); empty where it has none.
std::string nanos_version_in(std::string_view file_name);

}  // namespace faasc
