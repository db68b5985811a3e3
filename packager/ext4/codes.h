#pragma once

namespace faasc {

inline constexpr const char* kExt4BadInput = "FAASC0530";  ///< a host file that is no file
inline constexpr const char* kExt4InputChanged =
    "FAASC0531";  ///< a host file changed its size while it was read
inline constexpr const char* kExt4BadLabel = "FAASC0532";
inline constexpr const char* kExt4TooLarge = "FAASC0533";       ///< more than the format can hold
inline constexpr const char* kExt4LibraryFailed = "FAASC0534";  ///< libext2fs refuses for a reason of its own
inline constexpr const char* kExt4TooSmall = "FAASC0595";       ///< a size that does not hold the tree

// Reading.
inline constexpr const char* kExt4NotExt4 = "FAASC0661";
inline constexpr const char* kExt4Damaged = "FAASC0662";
inline constexpr const char* kExt4Unsupported = "FAASC0663";  ///< uses a feature that is not read here

}  // namespace faasc
