#pragma once

namespace faasc {

inline constexpr const char* kErofsBadInput = "FAASC0673";  ///< what the format, or this writer, cannot hold
inline constexpr const char* kErofsTooSmall = "FAASC0676";  ///< a size that does not hold the tree

// Reading.
inline constexpr const char* kErofsDamaged = "FAASC0674";
inline constexpr const char* kErofsUnsupported = "FAASC0675";  ///< uses a feature that is not read here

}  // namespace faasc
