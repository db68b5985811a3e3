#pragma once

#include "base/diagnostics.h"
#include "compiler/build/disk_boot.h"
#include "compiler/function.h"
#include "manifests/manifest.h"
#include "packager/disk/image.h"
#include "packager/kernels/kernel.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

// The ports of QEMU's isa-debug-exit device: where it listens unless told otherwise, which is where Nanos
// writes; and one that Linux lets a program reach by ioperm(2), which ends at 0x3ff.
inline constexpr std::uint16_t kNanosExitPort = 0x501;
inline constexpr std::uint16_t kLinuxExitPort = 0xf4;

/// The machine that runs `function` from `image` with `kernel`, with the tests of the manifest. Reads the
/// files that tests send as a body. What depends on the kernel family beyond its name (initrd, command line)
/// is left to the caller.
Result<VmSpec> vm_spec_of_function(const Manifest& manifest, const Function& function, const Kernel& kernel,
                                   const Image& image, const DiskBoot& boot = {});

}  // namespace faasc
