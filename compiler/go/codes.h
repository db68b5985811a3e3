#pragma once

namespace faasc {

// Finding the handler.
inline constexpr const char* kGoDoesNotCompile = "FAASC0400";
inline constexpr const char* kGoHandlerNotFound = "FAASC0401";
inline constexpr const char* kGoHandlerAmbiguous = "FAASC0402";
inline constexpr const char* kGoHandlerNotExported = "FAASC0403";
inline constexpr const char* kGoHandlerWrongType = "FAASC0404";
inline constexpr const char* kGoSignatureMismatch = "FAASC0405";
inline constexpr const char* kGoMainMissing = "FAASC0406";

// What the host lacks.
inline constexpr const char* kGoMissing = "FAASC0410";
inline constexpr const char* kGoVersionMissing = "FAASC0411";
inline constexpr const char* kGoDetectorFailed = "FAASC0412";
inline constexpr const char* kGoAnswer = "FAASC0413";

// The module and what the manifest asks for.
inline constexpr const char* kGoNoPackage = "FAASC0420";
inline constexpr const char* kGoCgoNeeded = "FAASC0421";
inline constexpr const char* kGoSumMissing = "FAASC0422";
inline constexpr const char* kGoModTooNew = "FAASC0423";
inline constexpr const char* kGoNoModule = "FAASC0424";
inline constexpr const char* kGoModuleUnavailable = "FAASC0425";
inline constexpr const char* kGoBadModule = "FAASC0426";
inline constexpr const char* kGoVendor = "FAASC0427";

// What a unikernel cannot serve.
inline constexpr const char* kGoNeedsProcesses = "FAASC0430";

}  // namespace faasc
