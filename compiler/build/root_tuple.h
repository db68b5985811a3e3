#pragma once

#include "manifests/manifest.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

/// The manifest's `image.manifest:` as attributes of Nanos' root tuple: text stays text, which the kernel
/// accepts wherever it expects a number, lists become vectors and maps become tuples.
TfsTuple root_tuple_options(const Manifest& manifest);

}  // namespace faasc
