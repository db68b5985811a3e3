#pragma once

#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "compiler/cpp/facts.h"

namespace faasc::cpp {

/// What of `calls` the kernel cannot serve, at the user's lines.
std::vector<Diagnostic> lint_calls(const std::vector<CallFact>& calls, Severity severity);

/// The same for what the linker says about libraries, whose sources are not at hand: takes the lines that
/// --trace-symbol made out of its output and reports each file that refers to such a function. Objects below
/// `work_dir` are left out, as their sources are known; so are the C and C++ libraries themselves.
std::vector<Diagnostic> lint_link(std::string& linker_output, std::string_view work_dir, Severity severity);

}  // namespace faasc::cpp
