#pragma once

#include "base/diagnostics.h"
#include "manifests/manifest.h"

namespace faasc {

/// What several keys about the image and its surroundings say together: network, the files and variables that
/// keys make, core dumps and consoles.
void check_image(const Manifest& manifest, Diagnostics& diagnostics);

}  // namespace faasc
