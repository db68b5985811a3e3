#pragma once

namespace faasc {

inline constexpr const char* kBadGuestPath =
    "FAASC0501";  ///< not absolute, not normalised, too long, not UTF-8
inline constexpr const char* kGuestPathTaken = "FAASC0502";  ///< two nodes for one path
inline constexpr const char* kParentIsNoDirectory = "FAASC0503";
inline constexpr const char* kNotElf = "FAASC0504";
inline constexpr const char* kElfDamaged = "FAASC0505";
inline constexpr const char* kElfWrongKind =
    "FAASC0506";  ///< another machine's, or neither program nor library
inline constexpr const char* kElfMissingLibrary = "FAASC0507";  ///< a needed library is nowhere to be found
inline constexpr const char* kStoredNoFile =
    "FAASC0557";                                          ///< asked an image for the bytes of what is no file
inline constexpr const char* kBadHardLink = "FAASC0660";  ///< another name for what is no file of the tree
inline constexpr const char* kBadFileList = "FAASC0509";  // not a list of an image's files
inline constexpr const char* kUnfitHostFile = "FAASC0542";  ///< a device, FIFO or socket in a host's tree

}  // namespace faasc
