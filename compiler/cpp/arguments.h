#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compiler/cpp/build.h"

namespace faasc::cpp {

/// Refuses a standard that does not exist, and flags and link items that faasc decides itself or that would
/// run code of the user's inside the compiler.
Result<void> check_arguments(const CppRequest& request);

/// For clang++, to be run in the project's directory. No two directories give different objects.
Result<std::vector<std::string>> compile_arguments(const CppRequest& request, std::string_view source);

/// For the generated main().
Result<std::vector<std::string>> main_arguments(const CppRequest& request);

/// Objects and libraries in the order in which they are linked; `main_object` may be empty.
Result<std::vector<std::string>> link_arguments(const CppRequest& request,
                                                const std::vector<std::filesystem::path>& objects,
                                                const std::filesystem::path& main_object);

/// The C++ source of the program's entry: hands the chosen function to the runtime. Refers to it by its
/// linker symbol, so that inline namespaces, overloads and C linkage need no spelling out.
std::string main_source(const ChosenHandler& chosen);

}  // namespace faasc::cpp
