#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"

namespace faasc::go {

/// What the go command said on standard error, as findings: compile errors at their place, in its own words
/// and without a code; complaints about the module with a code and a way out. What it says of downloads is
/// left out, and the same words at the same place come once.
///
/// Places are as go gives them: relative to the module's root, or absolute. With `overlay`, those in
/// generated files are left as they are.
std::vector<Diagnostic> read_go_messages(std::string_view text);

}  // namespace faasc::go
