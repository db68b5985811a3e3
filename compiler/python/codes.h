#pragma once

namespace faasc {

// Finding the handler.
inline constexpr const char* kPythonSyntax = "FAASC0300";
inline constexpr const char* kPythonHandlerNotFound = "FAASC0301";
inline constexpr const char* kPythonHandlerAmbiguous = "FAASC0302";
inline constexpr const char* kPythonBadHandlerName = "FAASC0303";
inline constexpr const char* kPythonHandlerWrongShape = "FAASC0304";
inline constexpr const char* kPythonSignatureMismatch = "FAASC0305";
inline constexpr const char* kPythonHandlerIsNoFunction = "FAASC0306";
inline constexpr const char* kPythonNoSources = "FAASC0307";

// Modules.
inline constexpr const char* kPythonModuleMissing = "FAASC0310";

inline constexpr const char* kPythonRelativeImport = "FAASC0355";

// Requirements.
inline constexpr const char* kPythonRequirementsMissing = "FAASC0320";
inline constexpr const char* kPythonUnpinned = "FAASC0321";
inline constexpr const char* kPythonUnresolved = "FAASC0322";
inline constexpr const char* kPythonNeedsCompiler = "FAASC0323";
inline constexpr const char* kPythonWheelsMissing = "FAASC0324";
inline constexpr const char* kPythonPipMissing = "FAASC0325";
inline constexpr const char* kPythonOffline = "FAASC0326";

// What a unikernel lacks.
inline constexpr const char* kPythonNeedsProcess = "FAASC0330";

// The interpreter.
inline constexpr const char* kPythonInterpreterMissing = "FAASC0340";
inline constexpr const char* kPythonInterpreterTooOld = "FAASC0341";
inline constexpr const char* kPythonInterpreterUnusable = "FAASC0342";

// requirements.lock.
inline constexpr const char* kPythonLockMissing = "FAASC0350";
inline constexpr const char* kPythonLockStale = "FAASC0351";
inline constexpr const char* kPythonLockEdited = "FAASC0352";
inline constexpr const char* kPythonLockForOther = "FAASC0353";

// Bugs of ours.
inline constexpr const char* kPythonHelperAnswer = "FAASC0391";

}  // namespace faasc
