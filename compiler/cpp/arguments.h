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

/// For typed_main_with_source(): as for that source, in C++17 at least.
Result<std::vector<std::string>> typed_main_arguments(const CppRequest& request, std::string_view source);

/// Objects and libraries in the order in which they are linked; `main_object` may be empty.
Result<std::vector<std::string>> link_arguments(const CppRequest& request,
                                                const std::vector<std::filesystem::path>& objects,
                                                const std::filesystem::path& main_object);

/// The C++ source of the program's entry: hands the chosen function to the runtime. Refers to it by its
/// linker symbol, so that inline namespaces, overloads and C linkage need no spelling out.
std::string main_source(const ChosenHandler& chosen);

/// The same for a typed function whose binding is in its unit's object. `openapi`: the document that the
/// image shows; empty: none.
std::string typed_main_source(const ChosenHandler& chosen, std::string_view openapi);

/// The same for one whose object has no binding: its source is older than C++17, or does not bear the
/// binding's headers behind it, as it defines macros that they use. Includes that source, whose own object is
/// not linked then.
std::string typed_main_with_source(const ChosenHandler& chosen, const std::filesystem::path& source,
                                   std::string_view openapi);

}  // namespace faasc::cpp
