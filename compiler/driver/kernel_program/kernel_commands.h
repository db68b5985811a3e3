#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/driver/kernel_program/command_line.h"

namespace faasc {

/// Does what was asked: its product to standard output, everything else to standard error. Errors that end
/// the command are returned; damaged kernels that `list` and `verify` come across are told of as they are
/// met, and the first of them decides the exit status.
Result<int> run_kernel_command(const KernelStore& store, const KernelCommand& command);

/// The whole program: reads the arguments (without the program's name), runs the command, prints an error.
/// The exit status.
int kernel_program(const std::vector<std::string>& arguments);

}  // namespace faasc
