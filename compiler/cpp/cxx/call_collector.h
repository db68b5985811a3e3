#pragma once

#include <vector>

#include <clang/AST/ASTContext.h>

#include "compiler/cpp/facts.h"

namespace faasc::cpp {

/// Finds where `decls`, which are the user's own, name functions that a unikernel cannot serve, and who calls
/// the functions that do, as far as this translation unit shows it.
void collect_calls(const std::vector<clang::Decl*>& decls, clang::ASTContext& context,
                   std::vector<CallFact>& calls);

}  // namespace faasc::cpp
