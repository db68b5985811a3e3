#pragma once

namespace faasc {

// Writing.
inline constexpr const char* kTfsBadInput = "FAASC0550";  ///< a host file that is no file
inline constexpr const char* kTfsBadLabel = "FAASC0552";
inline constexpr const char* kTfsBadAttribute = "FAASC0553";  ///< an attribute of the root that cannot be
inline constexpr const char* kTfsNoRoom = "FAASC0741";        ///< the log cannot take an edit

// Reading.
inline constexpr const char* kTfsNotTfs = "FAASC0554";          ///< no "NVMTFS" where a log has to begin
inline constexpr const char* kTfsUnknownVersion = "FAASC0555";  ///< a version other than 4 and 5
inline constexpr const char* kTfsDamaged = "FAASC0556";         ///< a log or a tree that does not add up

}  // namespace faasc
