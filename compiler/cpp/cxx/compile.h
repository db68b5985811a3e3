#pragma once

#include "compiler/cpp/protocol.h"

namespace faasc::cpp {

/// Compiles one source file with one pass of Clang's front end, which gives the object file and the facts
/// alike. The object appears whole or not at all.
CompileAnswer compile(const CompileRequest& request);

}  // namespace faasc::cpp
