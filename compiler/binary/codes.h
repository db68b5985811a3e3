#pragma once

namespace faasc {

inline constexpr const char* kBinaryMissing = "FAASC0510";    // the program is not there, or leads out
inline constexpr const char* kBinaryNoProgram = "FAASC0511";  // a script, a library, an object file, no ELF
inline constexpr const char* kBinaryArchitecture = "FAASC0512";  // the kernel asked for is for another
inline constexpr const char* kBinaryNoLinux = "FAASC0515";       // Linux was asked for, and there is none
inline constexpr const char* kLanguageArchitecture =
    "FAASC0516";  // of the kernel, which the language is not for

}  // namespace faasc
