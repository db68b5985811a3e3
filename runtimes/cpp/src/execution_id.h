#pragma once

#include <string>

namespace faasc::rt {

/// Sixteen hexadecimal digits that no earlier call of this process returned, starting from a random place.
std::string mint_execution_id();

}  // namespace faasc::rt
