#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "compiler/python/facts.h"

namespace faasc::python {

/// Warns of calls that need a second process, which a unikernel does not have, and of requirements that are
/// made of them. `source` is the directory of the sources as the user would type it.
void report_lint(const std::vector<FileFacts>& files, const std::set<std::string>& requirements,
                 const std::string& source, Severity severity, Diagnostics& diagnostics);

}  // namespace faasc::python
