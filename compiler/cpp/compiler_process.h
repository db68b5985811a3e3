#pragma once

#include <string>

#include "base/result.h"
#include "compiler/cpp/build.h"
#include "compiler/cpp/protocol.h"

namespace faasc::cpp {

/// Starts faasc-cxx in the project's directory for one request and waits for its answer. `file` is what it
/// works on, for the message should it crash. Nothing of the caller's environment that would change the
/// result reaches it.
Result<Answer> ask_compiler(const CppRequest& request, const Request& question, const std::string& file);

}  // namespace faasc::cpp
