#pragma once

#include "manifests/manifest.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

/// The attributes of Nanos' root tuple that the manifest asks for: `image.manifest`, where text stays text,
/// which the kernel accepts wherever it expects a number, lists become vectors and maps become tuples;
/// `image.consoles` and `image.coredumplimit`.
TfsTuple root_tuple_options(const Manifest& manifest);

}  // namespace faasc
