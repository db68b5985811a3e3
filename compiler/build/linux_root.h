#pragma once

#include <cstdint>
#include <optional>

#include "base/diagnostics.h"
#include "manifests/manifest.h"
#include "packager/disk/linux_root.h"
#include "packager/kernels/kernel.h"

namespace faasc {

LinuxRoot linux_root(const Manifest& manifest);

/// Complains, at the keys, of what `image.root` and the rest of the manifest, or the kernel, cannot do
/// together. FAASC0678, FAASC0679.
void check_linux_root(const Manifest& manifest, const Kernel& kernel, Diagnostics& diagnostics);

/// What a root in memory may take of it, in bytes, which LinuxCommandLine::room_bytes tells init; nothing for
/// an ext4, and for a root that is only read. The root has `files` entries with `bytes` bytes. Complains
/// where the machine's memory does not hold it.
std::optional<std::uint64_t> check_root_memory(const Manifest& manifest, const Kernel& kernel,
                                               std::uint64_t bytes, std::size_t files,
                                               Diagnostics& diagnostics);

}  // namespace faasc
