#pragma once

// Regular expressions that several sections show in the schema.

#include <string_view>

namespace faasc {

inline constexpr std::string_view kPathPattern = "^[^/~]";
inline constexpr std::string_view kVariablePattern = "^[A-Za-z_][A-Za-z0-9_]*$";

}  // namespace faasc
