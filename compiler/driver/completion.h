#pragma once

#include <string>

namespace faasc {

// Scripts that make a shell complete faasc's command line, from the table of commands and the options they
// declare.

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace faasc
