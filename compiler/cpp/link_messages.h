#pragma once

#include <string_view>
#include <vector>

#include "base/diagnostics.h"

namespace faasc::cpp {

/// Turns what a linker printed into findings: undefined and duplicate symbols, demangled, at the user's line
/// where the linker names it, and missing libraries. Understands lld, mold and GNU ld; a line it does not
/// know becomes a finding of its own rather than being lost. Empty for a silent linker.
std::vector<Diagnostic> read_link_messages(std::string_view text);

}  // namespace faasc::cpp
