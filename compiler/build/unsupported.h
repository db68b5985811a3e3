#pragma once

#include "base/diagnostics.h"
#include "manifests/manifest.h"

namespace faasc {

/// Reports as an error whatever a valid manifest asks for that this version of faasc does not do. Nothing
/// that was written is ever passed over in silence.
void report_unsupported(const Manifest& manifest, Diagnostics& diagnostics);

}  // namespace faasc
