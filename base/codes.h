#pragma once

// Every refusal has a stable code. Each room names its own in its codes.h:
//   01xx manifests   02xx C++   03xx Python   04xx Go   05xx packager   06xx kernels   07xx launcher   08xx
//   driver   09xx base

namespace faasc {

inline constexpr const char* kCannotAccessFile = "FAASC0901";
inline constexpr const char* kDiskFull = "FAASC0902";
inline constexpr const char* kFileTooShort = "FAASC0903";
inline constexpr const char* kFileTooLarge = "FAASC0904";
inline constexpr const char* kCannotStartProgram = "FAASC0905";
inline constexpr const char* kProgramTimedOut = "FAASC0906";
inline constexpr const char* kInterrupted = "FAASC0907";

}  // namespace faasc
