#pragma once

namespace faasc {

// Finding the handler.
inline constexpr const char* kCppDoesNotCompile = "FAASC0200";
inline constexpr const char* kCppHandlerNotFound = "FAASC0201";
inline constexpr const char* kCppHandlerAmbiguous = "FAASC0202";
inline constexpr const char* kCppHandlerNotExported = "FAASC0203";
inline constexpr const char* kCppHandlerIsTemplate = "FAASC0204";
inline constexpr const char* kCppSignatureMismatch = "FAASC0205";
inline constexpr const char* kCppHandlerOverloaded = "FAASC0206";
inline constexpr const char* kCppFactoryTakesParameters = "FAASC0207";
inline constexpr const char* kCppHandlerDefinedTwice = "FAASC0208";
inline constexpr const char* kCppMainNotAllowed = "FAASC0209";
inline constexpr const char* kCppKindAtRunTime = "FAASC0210";
inline constexpr const char* kCppHandlerNotDefined = "FAASC0211";
inline constexpr const char* kCppHandlerIsMember = "FAASC0212";
inline constexpr const char* kCppHandlerWrongType = "FAASC0213";
inline constexpr const char* kCppMainMissing = "FAASC0214";
inline constexpr const char* kCppMainTwice = "FAASC0215";

// What the manifest asks for.
inline constexpr const char* kCppNoSources = "FAASC0220";
inline constexpr const char* kCppBadStandard = "FAASC0221";
inline constexpr const char* kCppFlagNotAllowed = "FAASC0222";
inline constexpr const char* kCppSourceNotUsable = "FAASC0225";

// What the host lacks.
inline constexpr const char* kCppCompilerMissing = "FAASC0230";
inline constexpr const char* kCppRuntimeMissing = "FAASC0231";
inline constexpr const char* kCppToolchainMissing = "FAASC0232";

// Linking.
inline constexpr const char* kCppUndefinedSymbol = "FAASC0240";
inline constexpr const char* kCppDuplicateSymbol = "FAASC0241";
inline constexpr const char* kCppLibraryMissing = "FAASC0242";
inline constexpr const char* kCppLinkFailed = "FAASC0243";

// Bugs, Clang's or ours.
inline constexpr const char* kCppCompilerCrashed = "FAASC0290";
inline constexpr const char* kCppCompilerAnswer = "FAASC0291";

}  // namespace faasc
