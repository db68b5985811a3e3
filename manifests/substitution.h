#pragma once

#include <string_view>

#include "base/diagnostics.h"
#include "manifests/manifest.h"
#include "manifests/reader.h"

namespace faasc {

/// Whether the text asks for a variable of the host: contains "${env:".
bool has_substitution(std::string_view text);

/// Replaces `${env:NAME}` in the values of `env` and `build.args`, and marks them secret. The values appear
/// in no message.
void substitute(Manifest& manifest, const ManifestEnvironment& environment, Diagnostics& diagnostics);

}  // namespace faasc
