#pragma once

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>

#include "compiler/cpp/facts.h"

namespace faasc::cpp {

/// Works out how the parameter and the result of a function become JSON: the binding for faasc/rt/typed.h,
/// and its OpenAPI description, doc comments included. What has no JSON is a problem at the place in the
/// user's code where it is declared.
TypedFact describe_typed(const clang::FunctionDecl& function, const clang::ASTContext& context);

}  // namespace faasc::cpp
