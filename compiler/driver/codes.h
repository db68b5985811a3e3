#pragma once

// Refusals of the command line itself: 08xx.

namespace faasc {

inline constexpr const char* kUnknownCommand = "FAASC0801";
inline constexpr const char* kBadCommandLine = "FAASC0802";
inline constexpr const char* kIncompleteInstallation = "FAASC0803";
inline constexpr const char* kCannotWriteOutput = "FAASC0804";
inline constexpr const char* kBug = "FAASC0805";
inline constexpr const char* kNothingToExplain = "FAASC0806";
inline constexpr const char* kUnknownTemplate = "FAASC0807";
inline constexpr const char* kWouldOverwrite = "FAASC0808";
inline constexpr const char* kNoManifest = "FAASC0809";

}  // namespace faasc
