#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>

#include "compiler/cpp/facts.h"

namespace faasc::cpp {

/// How one function's parameter and result become JSON.
struct TypedBinding {
  TypedFact fact;
  std::set<std::string> headers;  ///< of faasc/rt/typed/, for the types of the standard library
  std::vector<std::string>
      specialisations;  ///< for namespace faasc::rt, in their order; together: fact.binding
};

/// Works out the binding for faasc/rt/typed/core.h, and its OpenAPI description, doc comments included. What
/// has no JSON is a problem at the place in the user's code where it is declared.
TypedBinding bind_typed(const clang::FunctionDecl& function, const clang::ASTContext& context);

/// C++ that defines fact.entry of each of these functions, behind the code that defines the functions.
std::string binding_source(
    const std::vector<std::pair<const clang::FunctionDecl*, const TypedBinding*>>& bound,
    const clang::ASTContext& context);

}  // namespace faasc::cpp
