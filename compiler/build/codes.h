#pragma once

namespace faasc {

inline constexpr const char* kNoManifest = "FAASC0801";
inline constexpr const char* kLanguageNotBuilt = "FAASC0802";
inline constexpr const char* kBuildFailed = "FAASC0803";

}  // namespace faasc
