#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/go/facts.h"
#include "compiler/go/packages.h"

namespace faasc::go {

/// What Nanos cannot serve, as it runs one process: calls in the packages of the function, at their line; and
/// what other modules bring along, if the linker kept it in `program`, with the imports that lead there.
/// `facts` were found in `directory`.
Result<std::vector<Diagnostic>> lint_unikernel(const Facts& facts, const std::vector<ListedPackage>& packages,
                                               const std::filesystem::path& directory,
                                               const std::filesystem::path& program, Severity severity);

}  // namespace faasc::go
