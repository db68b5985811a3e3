#pragma once

#include <cstddef>
#include <string_view>

namespace faasc {

/// What all variables of `env` may take together, with '=' and a NUL each: Lambda's limit, which faasc makes
/// its own.
inline constexpr std::size_t kEnvironmentLimit = 4096;

/// Whether the runtime sets this variable in every guest, as the Functions Framework and Knative have it;
/// FAASC_… is ours.
bool is_reserved_variable(std::string_view name);

/// Whether the runtime sets it for handlers of the kind "lambda": what the Lambda service reserves.
bool is_reserved_for_lambda(std::string_view name);

}  // namespace faasc
