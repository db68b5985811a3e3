#pragma once

namespace faasc {

inline constexpr const char* kKernelDoesNotBoot = "FAASC0854";  // a program was not started by it

}  // namespace faasc
