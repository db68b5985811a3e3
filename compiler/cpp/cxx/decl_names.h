#pragma once

#include <string>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>

#include "base/diagnostics.h"

namespace faasc::cpp {

/// Qualified, without inline and unnamed namespaces: "google::cloud::functions::HttpRequest" for
/// google::cloud::functions::v1_3::HttpRequest.
std::string plain_name(const clang::NamedDecl& decl);

/// Where the token at `location` is, as the user would look for it, and the line it is on (none where that is
/// absurdly long). Leaves both alone for what is in no file.
void show_place(const clang::ASTContext& context, clang::SourceLocation location, SourcePlace& place,
                std::string& line_text);

}  // namespace faasc::cpp
