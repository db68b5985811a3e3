#pragma once

#include "base/diagnostics.h"
#include "manifests/manifest.h"
#include "packager/disk/guest_settings.h"
#include "packager/kernels/kernel.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// The manifest's mounts as the guest is told of them. Nanos knows shares by numbers: they are counted in the
/// manifest's order (share_tag() of packager/spec/vm_spec.h).
GuestSettings mounts_of(const Manifest& manifest, KernelFamily family);

/// Adds the directories that `mounts` need, which neither kernel makes on a root that is only read, and what
/// Linux' init is told of them. FAASC0197 for a mount that such an image cannot have.
Result<void> add_mount_points(const Manifest& manifest, KernelFamily family, Rootfs& rootfs,
                              Diagnostics& diagnostics);

}  // namespace faasc
