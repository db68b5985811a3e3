#pragma once

#include "base/diagnostics.h"
#include "manifests/manifest.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// What the disk of an image boots from by itself, besides being loaded by a VMM.
struct DiskBoot {
  bool bios = false, uefi = false;
};

/// What `image.boot` means for this kernel. With "auto" a Nanos disk boots by a BIOS, which costs it little
/// more than the kernel, and a Linux disk by nothing. Complains, at the key, of what the kernel lacks for it.
DiskBoot disk_boot(const Manifest& manifest, const Kernel& kernel, Diagnostics& diagnostics);

/// Complains of the klibs of `image.klibs` that a Nanos kernel lacks, or whose dependencies it lacks, each at
/// its place.
void check_klibs(const Manifest& manifest, const Kernel& kernel, Diagnostics& diagnostics);

}  // namespace faasc
