#pragma once

#include "base/result.h"
#include "compiler/driver/archive_program/command_line.h"
#include "compiler/driver/installation.h"

namespace faasc {

/// `faasc image import`: the image and its VM spec. What came of it goes to standard error.
Result<void> run_import(const ImportArchive& command, const Installation& installation);

}  // namespace faasc
