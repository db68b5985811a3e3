#pragma once

#include <map>
#include <string>

#include "compiler/function.h"
#include "manifests/manifest.h"

namespace faasc {

/// The environment variables that a function finds in its guest: what the Functions Framework and Knative
/// promise (PORT, FUNCTION_TARGET, FUNCTION_SIGNATURE_TYPE, K_SERVICE, K_REVISION, K_CONFIGURATION,
/// CLOUD_RUN_TIMEOUT_SECONDS), the limits of the manifest under the names that our runtimes read (FAASC_…),
/// what Lambda reserves where the function is one of its kind (never credentials), and what the user set,
/// which collides with none of these but may replace TZ.
std::map<std::string, std::string> guest_environment(const Manifest& manifest, const Function& function);

}  // namespace faasc
