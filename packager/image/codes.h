#pragma once

namespace faasc {

inline constexpr const char* kImageUnknown = "FAASC0664";    ///< no file system of either family in it
inline constexpr const char* kImageNoPath = "FAASC0665";     ///< no such path in the image
inline constexpr const char* kImageNoPart = "FAASC0666";     ///< no such partition, or not one to look into
inline constexpr const char* kImageWrongKind = "FAASC0667";  ///< a directory where a file is wanted, or so
inline constexpr const char* kImageWouldOverwrite = "FAASC0668";
inline constexpr const char* kImageProblem = "FAASC0670";     ///< something that 'verify' found
inline constexpr const char* kImageNoProgram = "FAASC0765";   ///< it does not say what its machine runs
inline constexpr const char* kImageBadInput = "FAASC0672";    ///< a path of the host that no image can hold
inline constexpr const char* kImageNotRebuilt = "FAASC0671";  ///< a copy would lose something of the image
inline constexpr const char* kVolumeUnusable = "FAASC0749";   ///< no volume, or not one for this guest
inline constexpr const char* kVolumeExists = "FAASC0758";     ///< where a new volume was to be

}  // namespace faasc
