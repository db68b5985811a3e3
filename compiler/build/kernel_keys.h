#pragma once

#include "base/diagnostics.h"
#include "manifests/manifest.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// Warns of each key that was written and means nothing to kernels of this family: nothing that the manifest
/// says is passed over in silence.
void report_other_kernels_keys(const Manifest& manifest, KernelFamily family, Diagnostics& diagnostics);

}  // namespace faasc
