#pragma once

#include <functional>

#include "google/cloud/functions/function.h"
#include "google/cloud/functions/user_functions.h"
#include "google/cloud/functions/version.h"

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

/// Serves `handler` until SIGTERM; returns the process's exit status. For programs that bring their own
/// main(). Flags: --port N (before PORT, before 8080), --address A (0.0.0.0), --target NAME, --signature-type
/// TYPE (ignored), --help.
int Run(int argc, char const* const argv[], Function const& handler) noexcept;

/// Run(argc, argv, MakeFunction(handler)). Kept for old programs.
int Run(int argc, char const* const argv[], UserHttpFunction handler) noexcept;

/// Run(argc, argv, MakeFunction(handler)). Kept for old programs.
int Run(int argc, char const* const argv[], UserCloudEventFunction handler) noexcept;

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
