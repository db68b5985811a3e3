#pragma once

namespace faasc {

inline constexpr const char* kArchiveUnknown = "FAASC0520";  ///< neither a tar, a cpio nor a Debian package
inline constexpr const char* kArchiveDamaged = "FAASC0521";  ///< ends too soon, or does not add up
inline constexpr const char* kArchiveUnsafe =
    "FAASC0522";  ///< an entry reaches outside, or is no file, directory or link
inline constexpr const char* kArchiveTooLarge = "FAASC0523";  ///< holds more than the caller allows

}  // namespace faasc
