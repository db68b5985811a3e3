#include "google/cloud/functions/version.h"

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

std::string VersionString() {
  return std::to_string(VersionMajor()) + "." + std::to_string(VersionMinor()) + "." +
         std::to_string(VersionPatch()) + "+faasc";
}

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
