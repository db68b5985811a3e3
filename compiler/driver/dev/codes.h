#pragma once

namespace faasc {

inline constexpr const char* kCannotWatch = "FAASC0881";  // the host's limit, or no right to read

}  // namespace faasc
