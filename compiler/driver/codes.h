#pragma once

// Refusals of the command line itself: 0810 to 0859. Those of a build are in compiler/build/codes.h.

namespace faasc {

inline constexpr const char* kUnknownCommand = "FAASC0810";
inline constexpr const char* kBadCommandLine = "FAASC0811";
inline constexpr const char* kIncompleteInstallation = "FAASC0812";
inline constexpr const char* kCannotWriteOutput = "FAASC0813";
inline constexpr const char* kBug = "FAASC0814";
inline constexpr const char* kNothingToExplain = "FAASC0815";
inline constexpr const char* kUnknownTemplate = "FAASC0816";
inline constexpr const char* kWouldOverwrite = "FAASC0817";
inline constexpr const char* kNoSpec = "FAASC0818";
inline constexpr const char* kAnsweredWithError = "FAASC0819";
inline constexpr const char* kNothingInImage = "FAASC0842";  // inspect --why: no such file
inline constexpr const char* kTestFailed = "FAASC0843";
inline constexpr const char* kTestNotBuilt = "FAASC0780";      // one of several; the others are tested
inline constexpr const char* kNoSuchTest = "FAASC0781";        // no name has what --filter names
inline constexpr const char* kUnexpectedAnswer = "FAASC0845";  // invoke --expect
inline constexpr const char* kNotAllBuilt = "FAASC0846";       // build, of several functions
inline constexpr const char* kNoOpenApi = "FAASC0844";         // inspect --openapi: of no typed function
inline constexpr const char* kNoGdb = "FAASC0767";             // debug
inline constexpr const char* kCannotDebug = "FAASC0768";       // debug: a guest for another processor
inline constexpr const char* kNoCoreDump = "FAASC0769";        // run: a guest that writes none
inline constexpr const char* kBadCoreDump = "FAASC0770";       // debug: none, or of another program
inline constexpr const char* kHostLacking = "FAASC0840";  // doctor: something does not work here, or slowly
inline constexpr const char* kHostBroken = "FAASC0841";   // doctor: nothing can be built, or nothing run

}  // namespace faasc
