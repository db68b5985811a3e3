#pragma once

#include <string>
#include <utility>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <nlohmann/json.hpp>

namespace faasc::cpp {

/// A member's default value as a client would have to send it to get the same; null for what is no simple
/// value.
nlohmann::ordered_json default_of(const clang::FieldDecl& field, const clang::ASTContext& context);

/// Of the comment in front of it: the first sentence, and all of it. Empty where there is none.
std::pair<std::string, std::string> comment_of(const clang::Decl& decl, const clang::ASTContext& context);

/// What to use in place of a class of the standard library that has no JSON: "use std::optional".
std::string nearest_json_type(const std::string& name);

}  // namespace faasc::cpp
