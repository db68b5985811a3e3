#pragma once

namespace faasc {

inline constexpr const char* kSpecNotJson = "FAASC0570";  // not JSON, or a member twice
inline constexpr const char* kSpecWrongSchema =
    "FAASC0571";  // written by another version of faasc, or no VM at all
inline constexpr const char* kSpecWrongMember =
    "FAASC0572";  // a member is missing, unknown or of another type
inline constexpr const char* kSpecWrongValue = "FAASC0573";  // a member's value is outside what is allowed

inline constexpr const char* kTargetCannot = "FAASC0690";  // another VMM cannot run such a machine
inline constexpr const char* kTargetLoses =
    "FAASC0691";  // a warning: what the spec says and another VMM's file does not
inline constexpr const char* kMountNotInImage = "FAASC0692";  // and another VMM tells the guest of none

}  // namespace faasc
