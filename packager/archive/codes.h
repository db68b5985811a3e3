#pragma once

namespace faasc {

inline constexpr const char* kArchiveUnknown = "FAASC0520";  ///< neither a tar, a cpio nor a Debian package
inline constexpr const char* kArchiveDamaged = "FAASC0521";  ///< ends too soon, or does not add up
inline constexpr const char* kArchiveUnsafe =
    "FAASC0522";  ///< an entry reaches outside, or is no file, directory or link
inline constexpr const char* kArchiveTooLarge = "FAASC0523";  ///< holds more than the caller allows

// Container images, import and export.
inline constexpr const char* kContainerDamaged =
    "FAASC0535";  ///< a description in a container image that does not add up, or a file that is not there
inline constexpr const char* kContainerDigest = "FAASC0536";    ///< bytes that are not what their digest says
inline constexpr const char* kContainerChoice = "FAASC0537";    ///< no image that fits, or several
inline constexpr const char* kArchiveUnwritable = "FAASC0541";  ///< what the archive's format cannot hold

}  // namespace faasc
