#pragma once

#include <string>
#include <vector>

#include "compiler/driver/command.h"

namespace faasc {

/// One page of the manual, in the man macros of groff_man(7).
struct ManPage {
  std::string file_name;  ///< "faasc-build.1"
  std::string text;
};

/// faasc(1), and a page for each command, from the table that help and completion go by. The same for the
/// same version: there is no date in them.
std::vector<ManPage> man_pages();

}  // namespace faasc
