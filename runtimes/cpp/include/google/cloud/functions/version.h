#pragma once

#include <string>

#include "google/cloud/functions/internal/version_info.h"

#define FUNCTIONS_FRAMEWORK_CPP_VCONCAT(major, minor) v##major##_##minor
#define FUNCTIONS_FRAMEWORK_CPP_VEVAL(major, minor) FUNCTIONS_FRAMEWORK_CPP_VCONCAT(major, minor)
#define FUNCTIONS_FRAMEWORK_CPP_NS \
  FUNCTIONS_FRAMEWORK_CPP_VEVAL(FUNCTIONS_FRAMEWORK_CPP_VERSION_MAJOR, FUNCTIONS_FRAMEWORK_CPP_VERSION_MINOR)
#define FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN inline namespace FUNCTIONS_FRAMEWORK_CPP_NS {
#define FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END }

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

constexpr int VersionMajor() {
  return FUNCTIONS_FRAMEWORK_CPP_VERSION_MAJOR;
}
constexpr int VersionMinor() {
  return FUNCTIONS_FRAMEWORK_CPP_VERSION_MINOR;
}
constexpr int VersionPatch() {
  return FUNCTIONS_FRAMEWORK_CPP_VERSION_PATCH;
}

/// One number that grows with every release: 10000 * major + 100 * minor + patch.
constexpr int Version() {
  return (VersionMajor() * 100 + VersionMinor()) * 100 + VersionPatch();
}

/// "MAJOR.MINOR.PATCH+faasc": the interface's version and whose implementation it is.
std::string VersionString();

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
