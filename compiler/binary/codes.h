#pragma once

namespace faasc {

inline constexpr const char* kBinaryMissing = "FAASC0510";    // the program is not there, or leads out
inline constexpr const char* kBinaryNoProgram = "FAASC0511";  // a script, a library, an object file, no ELF
inline constexpr const char* kBinaryArchitecture = "FAASC0512";  // no kernel here runs it

}  // namespace faasc
