#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Decl.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/PrettyPrinter.h>
#include <nlohmann/json.hpp>

#include "base/diagnostics.h"

namespace faasc::cpp {

using OpenApi = nlohmann::ordered_json;

/// Whether values come from the client or go to it.
enum class Way : std::uint8_t { In, Out };

/// Where a type stands, for messages: "member 'price' of 'shop::Order'".
struct Where {
  std::string what;
  clang::SourceLocation place;
};

// std::chrono and its like included.
bool is_standard(const clang::CXXRecordDecl& record);

/// The JSON of the types that one typed function takes and returns: their schemas, as OpenAPI 3.1 has them,
/// and the specialisations that faasc/rt/typed/core.h asks for. What has no JSON is a problem at the place in
/// the user's code where it is declared; the first 20 are kept.
class TypeSchemas {
 public:
  TypeSchemas(const clang::FunctionDecl& function, const clang::ASTContext& context);

  /// The schema of a type; classes and enumerations are references to `components`.
  OpenApi of(clang::QualType type, Way way, const Where& where);
  /// Adds a problem; an empty schema, for whoever has to return one.
  OpenApi refuse(const Where& where, const char* code, std::string message, std::string hint);
  std::string printed(clang::QualType type) const;

  OpenApi components = OpenApi::object();
  std::vector<std::string> specialisations;  ///< for namespace faasc::rt, in their order
  std::set<std::string> headers;             ///< of faasc/rt/typed/
  std::vector<Diagnostic> problems;

 private:
  struct Members {
    std::vector<std::string> calls;
    std::set<std::string> names;
    OpenApi properties = OpenApi::object();
    OpenApi required = OpenApi::array();
  };

  OpenApi of_builtin(const clang::BuiltinType& builtin, clang::QualType type, const Where& where);
  OpenApi of_enum(const clang::EnumDecl& declared, const Where& where);
  OpenApi of_standard_class(const clang::CXXRecordDecl& record, clang::QualType type, Way way,
                            const Where& where);
  OpenApi of_class(const clang::CXXRecordDecl& declared, clang::QualType type, Way way, const Where& where);
  void collect(const clang::CXXRecordDecl& record, clang::QualType type, Way way, Members& members);
  void add_member(const clang::FieldDecl& field, clang::QualType type, Way way, const Where& at,
                  Members& members);
  // A class that a client fills is made first and then given its members.
  void check_default(const clang::CXXRecordDecl& record, clang::QualType type, const Where& where);
  /// A type that the generated code could not write down.
  std::optional<OpenApi> unnameable(const clang::TagDecl& tag, const Where& where);
  OpenApi unsupported(clang::QualType type, const Where& where, std::string_view what, std::string hint);

  bool plain_string(clang::QualType type) const;
  std::string spelled(clang::QualType type) const;
  std::string component_name(const clang::TagDecl& tag);
  void add_comment(const clang::Decl& decl, OpenApi& schema) const;

  const clang::FunctionDecl& function_;
  const clang::ASTContext& context_;
  clang::PrintingPolicy policy_;
  std::map<const clang::TagDecl*, std::string> named_;  // canonical declarations and their components
  std::set<std::string> used_ = {"BadRequest"};
};

}  // namespace faasc::cpp
