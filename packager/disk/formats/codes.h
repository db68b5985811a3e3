#pragma once

namespace faasc {

inline constexpr const char* kFormatUnknown = "FAASC0590";  ///< a file, or a name, of no format that is known
inline constexpr const char* kFormatDamaged = "FAASC0591";  ///< a disk image that does not add up
inline constexpr const char* kFormatUnsupported =
    "FAASC0592";  ///< a disk image that uses what faasc does without: backing files, encryption, …
inline constexpr const char* kFormatTooLarge = "FAASC0593";  ///< a disk that the format cannot hold

}  // namespace faasc
