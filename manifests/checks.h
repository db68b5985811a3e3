#pragma once

#include <string_view>

#include "base/diagnostics.h"
#include "manifests/manifest.h"

namespace faasc {

/// What one key alone cannot tell: keys that exclude or need each other, totals, the limits of `compat`. Sets
/// what follows from other keys (build.cpp.standard from the runtime's version).
void check_manifest(Manifest& manifest, Diagnostics& diagnostics);

/// What depends on the function's kind ("http", "lambda", …). To be called once the kind is known; a kind
/// that the manifest itself gives under `signature` was checked when it was read, and is not checked again.
void check_manifest_for_kind(const Manifest& manifest, std::string_view kind, Diagnostics& diagnostics);

}  // namespace faasc
