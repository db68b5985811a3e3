#pragma once

#include <string>
#include <vector>

namespace faasc {

/// The whole program faasc-archive: reads the arguments (without the program's name), does what they say,
/// prints an error. The exit status.
int archive_program(const std::vector<std::string>& arguments);

}  // namespace faasc
