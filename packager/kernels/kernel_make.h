#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace faasc {

/// One call of Linux' own make files.
struct KernelMake {
  std::filesystem::path source;   ///< where the Makefile is
  std::filesystem::path objects;  ///< where all output goes (O=)
  std::vector<std::string> arguments;
  std::filesystem::path log;              ///< all that make says is added to it
  std::function<void(std::size_t)> step;  ///< told how many commands have been run, as they are; may be empty
};

/// Runs it, in an environment in which the same source gives the same bytes: time, user, host and build
/// number are fixed, and no variable of the caller's reaches the compiler. An interrupt is passed on, and
/// what was finished until then stays. FAASC0647 where make fails, with the lines of the log that tell why.
Result<void> run_kernel_make(const KernelMake& make);

}  // namespace faasc
