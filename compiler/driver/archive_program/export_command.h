#pragma once

#include "base/result.h"
#include "compiler/driver/archive_program/command_line.h"

namespace faasc {

/// `faasc image export`: the archive, whole or not at all. What came of it goes to standard error.
Result<void> run_export(const ExportImage& command);

}  // namespace faasc
