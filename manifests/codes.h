#pragma once

// Refusals of faas.yaml. `faasc explain CODE` has a page on each; compiler/driver/explain.

namespace faasc {

// The file as text.
inline constexpr const char* kNotYaml = "FAASC0100";  // the YAML parser gave up
inline constexpr const char* kRefusedYaml =
    "FAASC0117";  // YAML that faas.yaml does without: anchors, tags, documents
inline constexpr const char* kUnreadableText = "FAASC0118";  // not UTF-8, too large, too deep

// Keys and kinds of value.
inline constexpr const char* kApiVersion = "FAASC0101";
inline constexpr const char* kUnknownKey = "FAASC0113";
inline constexpr const char* kDuplicateKey = "FAASC0114";
inline constexpr const char* kWrongType = "FAASC0115";
inline constexpr const char* kMissingKey = "FAASC0116";
inline constexpr const char* kUnknownChoice = "FAASC0119";

// Single keys.
inline constexpr const char* kBadFunctionName = "FAASC0102";
inline constexpr const char* kUnknownRuntime = "FAASC0103";
inline constexpr const char* kRuntimeVersion = "FAASC0104";
inline constexpr const char* kPathEscapes = "FAASC0105";
inline constexpr const char* kSourceMissing = "FAASC0106";
inline constexpr const char* kReservedVariable = "FAASC0107";
inline constexpr const char* kBadGlob = "FAASC0108";
inline constexpr const char* kBadBuildOption = "FAASC0109";
inline constexpr const char* kBadVariableName = "FAASC0110";
inline constexpr const char* kEnvironmentTooLarge = "FAASC0111";
inline constexpr const char* kBadSubstitution = "FAASC0112";
inline constexpr const char* kBinaryHandler = "FAASC0123";
inline constexpr const char* kArgumentsOfCode = "FAASC0124";  // args for something that is not a binary
inline constexpr const char* kMemoryRange = "FAASC0120";
inline constexpr const char* kCpuRange = "FAASC0121";
inline constexpr const char* kStorageRange = "FAASC0122";
inline constexpr const char* kTimeRange = "FAASC0130";
inline constexpr const char* kGraceRange = "FAASC0131";
inline constexpr const char* kMessageSizeRange = "FAASC0132";
inline constexpr const char* kConcurrencyRange = "FAASC0133";
inline constexpr const char* kBadPort = "FAASC0140";
inline constexpr const char* kNotLambda = "FAASC0141";
inline constexpr const char* kDataFileMissing = "FAASC0150";
inline constexpr const char* kBadFileTarget = "FAASC0151";
inline constexpr const char* kSymlinkOut = "FAASC0152";
inline constexpr const char* kBadMount = "FAASC0153";
inline constexpr const char* kBadLogging = "FAASC0160";
inline constexpr const char* kImageFormat = "FAASC0170";
inline constexpr const char* kImageSize = "FAASC0171";
inline constexpr const char* kBadKernelChoice = "FAASC0172";
inline constexpr const char* kImageBoot = "FAASC0585";
inline constexpr const char* kImageRoot = "FAASC0652";
inline constexpr const char* kUnknownKlib = "FAASC0173";
inline constexpr const char* kOwnedTuple = "FAASC0174";
inline constexpr const char* kImageTooLarge = "FAASC0175";
inline constexpr const char* kBadNetwork = "FAASC0176";
inline constexpr const char* kBadAddress6 = "FAASC0653";
inline constexpr const char* kBadTimezone = "FAASC0177";
inline constexpr const char* kBadCertificates = "FAASC0178";
inline constexpr const char* kBadConsole = "FAASC0179";
inline constexpr const char* kBadCoreDump = "FAASC0181";
inline constexpr const char* kOtherKernelsKey =
    "FAASC0182";  // a key without meaning for the kernel that is used
inline constexpr const char* kMadeByOtherKey = "FAASC0183";  // a file or variable that another key makes
inline constexpr const char* kProfileExceeded = "FAASC0180";
inline constexpr const char* kBadTest = "FAASC0190";
inline constexpr const char* kMountImpossible = "FAASC0197";  // in this image

// faas.workspace.yaml.
inline constexpr const char* kNoFunctions = "FAASC0184";  // a pattern, or the whole file, finds none

// Another tool's file, for `faasc init --from`.
inline constexpr const char* kUnknownFormat = "FAASC0192";
inline constexpr const char* kAmbiguousFormat = "FAASC0193";
inline constexpr const char* kNeverImported = "FAASC0194";
inline constexpr const char* kWhichFunction = "FAASC0195";
inline constexpr const char* kLeftOut = "FAASC0196";  // a note or warning

// Keys of one language; the numbers lie in that language's range.
inline constexpr const char* kNoCppSources = "FAASC0220";
inline constexpr const char* kCppStandard = "FAASC0221";
inline constexpr const char* kDeniedCppFlag = "FAASC0222";
inline constexpr const char* kCppSourcesAndCmake = "FAASC0224";

}  // namespace faasc
