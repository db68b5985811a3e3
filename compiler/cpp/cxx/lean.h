#pragma once

#include <string>
#include <vector>

namespace faasc::cpp {

/// Whether a program of these object files, the runtime and the system's libraries can do with the few parts
/// of the C library that runtimes/cpp/lean has: nothing in the objects sets a locale or asks for
/// translations, and nothing calls a function that prints by fprintf(). Objects that cannot be read say no.
bool can_be_lean(const std::vector<std::string>& objects);

}  // namespace faasc::cpp
