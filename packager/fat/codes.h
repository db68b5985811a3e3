#pragma once

namespace faasc {

inline constexpr const char* kFatUnfit = "FAASC0574";    ///< a tree that FAT32, as we write it, cannot hold
inline constexpr const char* kFatNotFat = "FAASC0575";   ///< no FAT32 file system where one is read
inline constexpr const char* kFatDamaged = "FAASC0576";  ///< one that contradicts itself

}  // namespace faasc
