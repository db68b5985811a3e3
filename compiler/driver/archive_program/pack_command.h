#pragma once

#include "base/result.h"
#include "compiler/driver/archive_program/command_line.h"

namespace faasc {

/// What `faasc spec --to oci` and `--to urunc` ask for: the container image of a plan
/// (packager/spec/image_plan.h) that comes on standard input, whole or not at all.
Result<void> run_pack(const PackImage& command);

}  // namespace faasc
