#pragma once

namespace faasc {

inline constexpr const char* kOutputInputChanged =
    "FAASC0551";  ///< a host file changed its size while it was read

}  // namespace faasc
