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
inline constexpr const char* kCppMainMissing = "FAASC0214";
inline constexpr const char* kCppMainTwice = "FAASC0215";
inline constexpr const char* kCppMainServesAnother = "FAASC0216";

// What the manifest asks for.
inline constexpr const char* kCppNoSources = "FAASC0220";
inline constexpr const char* kCppBadStandard = "FAASC0221";
inline constexpr const char* kCppFlagNotAllowed = "FAASC0222";
inline constexpr const char* kCppCMakeTargetMissing = "FAASC0223";
inline constexpr const char* kCppSourceNotUsable = "FAASC0225";
inline constexpr const char* kCppLauncherMissing = "FAASC0226";  // build.cpp.launcher is not installed
inline constexpr const char* kCppLauncherFailed =
    "FAASC0227";  // it made no object of a source without errors

// What the host lacks.
inline constexpr const char* kCppCompilerMissing = "FAASC0230";
inline constexpr const char* kCppRuntimeMissing = "FAASC0231";

// Linking.
inline constexpr const char* kCppUndefinedSymbol = "FAASC0240";
inline constexpr const char* kCppDuplicateSymbol = "FAASC0241";
inline constexpr const char* kCppLibraryMissing = "FAASC0242";
inline constexpr const char* kCppLinkFailed = "FAASC0243";

// Types of a typed function that have no JSON.
inline constexpr const char* kCppTypedUnsupported = "FAASC0250";
inline constexpr const char* kCppTypedPointer = "FAASC0251";
inline constexpr const char* kCppTypedReference = "FAASC0252";
inline constexpr const char* kCppTypedUnion = "FAASC0253";
inline constexpr const char* kCppTypedPrivate = "FAASC0254";
inline constexpr const char* kCppTypedFunction = "FAASC0255";
inline constexpr const char* kCppTypedNoDefault = "FAASC0256";
inline constexpr const char* kCppTypedBorrowed = "FAASC0257";
inline constexpr const char* kCppTypedParameters = "FAASC0258";
inline constexpr const char* kCppTypedCharacter = "FAASC0259";
inline constexpr const char* kCppTypedMember = "FAASC0260";
inline constexpr const char* kCppTypedKey = "FAASC0261";
inline constexpr const char* kCppTypedNames = "FAASC0262";
inline constexpr const char* kCppTypedIncomplete = "FAASC0263";
inline constexpr const char* kCppOpenApiNeedsTyped = "FAASC0265";

// Calls that a unikernel cannot serve.
inline constexpr const char* kCppUnikernelCall = "FAASC0270";
inline constexpr const char* kCppUnikernelSymbol = "FAASC0271";

// A function that is a target of a CMake project.
inline constexpr const char* kCppCMakeMissing = "FAASC0272";
inline constexpr const char* kCppCMakeTargetType = "FAASC0273";
inline constexpr const char* kCppCMakeConfigure = "FAASC0274";
inline constexpr const char* kCppOnlyShared = "FAASC0275";
inline constexpr const char* kCppCMakeBuild = "FAASC0276";
inline constexpr const char* kCppCMakeReply = "FAASC0277";
inline constexpr const char* kCppCMakeNoProject = "FAASC0278";
inline constexpr const char* kCppCMakeDownload = "FAASC0279";

// Bugs, Clang's or ours.
inline constexpr const char* kCppCompilerCrashed = "FAASC0290";
inline constexpr const char* kCppCompilerAnswer = "FAASC0291";

}  // namespace faasc
