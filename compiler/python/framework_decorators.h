#pragma once

#include <string_view>

#include "compiler/python/facts.h"

namespace faasc::python {

/// What the names of functions_framework.aio's decorators begin with.
inline constexpr std::string_view kAsyncFramework = "functions_framework.aio.";

bool is_async_framework(const Decorator& decorator);

/// "http" of functions_framework's decorators, those of functions_framework.aio included; empty for every
/// other.
std::string_view kind_of(const Decorator& decorator);

/// The decorator that marks a function as a handler; null where there is none.
const Decorator* marker_of(const FunctionFact& function);

}  // namespace faasc::python
