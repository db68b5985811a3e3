#pragma once

namespace faasc {

inline constexpr const char* kImportNoProgram =
    "FAASC0538";  ///< neither the archive nor the command line says what to run, or it is not in the tree
inline constexpr const char* kExportTaken = "FAASC0539";  ///< the result would replace a directory
inline constexpr const char* kBadImageCommand =
    "FAASC0680";  ///< arguments of `faasc image import` or `export`

}  // namespace faasc
