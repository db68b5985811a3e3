#pragma once

namespace faasc {

inline constexpr const char* kBadGuestPath =
    "FAASC0501";  ///< not absolute, not normalised, too long, not UTF-8
inline constexpr const char* kGuestPathTaken = "FAASC0502";  ///< two nodes for one path
inline constexpr const char* kParentIsNoDirectory = "FAASC0503";

}  // namespace faasc
