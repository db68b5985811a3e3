#pragma once

#include <chrono>

namespace faasc {

/// When this process began: what it has used of a processor before main() is counted, what it has waited for
/// one is not.
std::chrono::steady_clock::time_point process_began();

}  // namespace faasc
