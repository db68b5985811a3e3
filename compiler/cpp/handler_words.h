#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/cpp/detect.h"

// What messages say of functions that are handlers, could be, or are not.

namespace faasc::cpp {

std::string quoted(std::string_view text);                      ///< "'f'"
std::string counted(std::size_t count, std::string_view noun);  ///< "1 source", "2 sources"

/// As shape_of(), but says nothing of linkage, nor of whether there is a definition.
std::optional<Shape> shape_of_type(const FunctionFact& function);

/// Types of Lambda's, or of any kind, are in its declaration.
bool speaks_of_lambda(const FunctionFact& function);
bool speaks_of_handlers(const FunctionFact& function);

/// "http"; "auto" where that is known only at run time.
std::string_view kind_of(const FunctionFact& function, Shape shape);
std::string why_this_kind(const FunctionFact& function, Shape shape);

/// "'f' is a handler of kind http", or what it is not one for.
std::string describe(const FunctionFact& function);

}  // namespace faasc::cpp
