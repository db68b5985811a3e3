#pragma once

#include <vector>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>

#include "base/diagnostics.h"

namespace faasc::cpp {

/// What would make a handler of a function that is one but for little: 'static' is removed, an unnamed
/// namespace is closed before it and opened again behind it, a reference that could change the request
/// becomes a value. Only what can be done without a look at the rest of the program; empty otherwise.
std::vector<Fix> fixes_for_handler(const clang::FunctionDecl& function, const clang::ASTContext& context);

}  // namespace faasc::cpp
