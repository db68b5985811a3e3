#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/driver/installation.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// The ways in which a disk with this kernel may start.
enum class BootWay : std::uint8_t { Direct, Bios, Uefi };

/// Those that the kernel has the files for.
std::vector<BootWay> boot_ways(const Kernel& kernel);

/// "by the VMM, which loads 'kernel.img'", "by a BIOS, with 'boot.img'"
std::string in_words(BootWay way, const Kernel& kernel);

/// Writes an image of a small program for this kernel into a directory that goes afterwards, starts a machine
/// from it that way, and waits until the program runs. What machine it was: "q35, tcg, booted from the disk".
/// FAASC0854 where the program did not run; other errors where there is no such machine on this host.
Result<std::string> try_boot(const Kernel& kernel, BootWay way, const Installation& installation);

}  // namespace faasc
