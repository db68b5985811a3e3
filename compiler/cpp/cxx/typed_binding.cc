#include "compiler/cpp/cxx/typed_binding.h"

#include <optional>

#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>

#include "compiler/cpp/codes.h"
#include "compiler/cpp/cxx/decl_names.h"
#include "compiler/cpp/cxx/type_schemas.h"
#include "compiler/cpp/cxx/typed_details.h"

namespace faasc::cpp {
namespace {

std::string in_quotes(std::string_view text) {
  return "'" + std::string(text) + "'";
}

/// One function as an operation of an API.
class Operation {
 public:
  Operation(const clang::FunctionDecl& function, const clang::ASTContext& context)
      : function_(function), context_(context), types_(function, context) {}

  TypedBinding describe() {
    OpenApi operation = OpenApi::object();
    operation["operationId"] = function_.getName().str();
    auto [summary, description] = comment_of(function_, context_);
    if (!summary.empty()) operation["summary"] = summary;
    if (!description.empty() && description != summary) operation["description"] = description;
    std::string method = "post";
    if (function_.isVariadic() || function_.getNumParams() > 1) {
      unsigned count = function_.getNumParams();
      types_.refuse(
          {"the function", function_.getLocation()}, kCppTypedParameters,
          in_quotes(plain_name(function_)) + " takes " +
              (function_.isVariadic() ? "any number of parameters" : std::to_string(count) + " parameters") +
              "; a typed function takes one",
          "put them into a struct, whose members are those of the JSON object");
    } else if (function_.getNumParams() == 1) {
      const clang::ParmVarDecl& parameter = *function_.getParamDecl(0);
      operation["requestBody"] = {{"required", true}, {"content", content(of_parameter(parameter))}};
    } else {
      method = "get";
    }
    operation["responses"] = responses();
    TypedBinding bound;
    TypedFact& fact = bound.fact;
    fact.problems = std::move(types_.problems);
    if (!fact.problems.empty()) return bound;
    for (const std::string& specialisation : types_.specialisations) fact.binding += specialisation;
    bound.specialisations = std::move(types_.specialisations);
    bound.headers = std::move(types_.headers);
    OpenApi document = {{"paths", {{"/", {{method, std::move(operation)}}}}},
                        {"components", {{"schemas", std::move(types_.components)}}}};
    fact.openapi = document.dump(-1, ' ', false, OpenApi::error_handler_t::replace);
    return bound;
  }

 private:
 private:
  static OpenApi content(OpenApi schema) { return {{"application/json", {{"schema", std::move(schema)}}}}; }

  OpenApi of_parameter(const clang::ParmVarDecl& parameter) {
    Where where{
        parameter.getName().empty() ? "the parameter" : "parameter " + in_quotes(parameter.getName().str()),
        parameter.getLocation()};
    clang::QualType type = parameter.getType().getCanonicalType();
    if (const auto* reference = type->getAs<clang::ReferenceType>()) {
      clang::QualType target = reference->getPointeeType();
      bool usable = type->isLValueReferenceType() ? target.isConstQualified() : !target.isConstQualified();
      if (!usable)
        types_.refuse(
            where, kCppTypedReference,
            where.what + " is " + in_quotes(types_.printed(type)) + ": there is nothing for it to refer to",
            "take it by value or by 'const &'");
      type = target;
    }
    return types_.of(type, Way::In, where);
  }

  OpenApi responses() {
    Where where{"the result", function_.getLocation()};
    OpenApi responses = OpenApi::object();
    clang::QualType type = function_.getReturnType().getNonReferenceType().getCanonicalType();
    clang::QualType error;
    if (auto parts = expected_parts(type)) std::tie(type, error) = *parts;
    if (type->isVoidType())
      responses["204"] = {{"description", "It has been done"}};
    else
      responses["200"] = {{"description", "The result"},
                          {"content", content(types_.of(type, Way::Out, where))}};
    if (function_.getNumParams() == 1) {
      types_.components["BadRequest"] = {{"type", "object"},
                                         {"properties",
                                          {{"message", {{"type", "string"}}},
                                           {"pointer", {{"type", "string"}, {"format", "json-pointer"}}},
                                           {"expected", {{"type", "string"}}},
                                           {"found", {{"type", "string"}}}}},
                                         {"required", {"message"}}};
      responses["400"] = {{"description", "The body is not what the function takes"},
                          {"content", content({{"$ref", "#/components/schemas/BadRequest"}})}};
    }
    if (!error.isNull()) {
      OpenApi of_error = types_.of(error, Way::Out, {"the error of the result", function_.getLocation()});
      if (!is_message(error))
        of_error = {{"type", "object"}, {"properties", {{"error", of_error}}}, {"required", {"error"}}};
      responses["default"] = {{"description", "The error that the function returns"},
                              {"content", content(std::move(of_error))}};
    }
    return responses;
  }

  /// An error of this type is a body of its own; others become the member "error" of one.
  bool is_message(clang::QualType type) const {
    const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
    return record && !is_standard(*record);
  }

  /// Value and error of std::expected and its like: what value() and error() return.
  std::optional<std::pair<clang::QualType, clang::QualType>> expected_parts(clang::QualType type) const {
    const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
    if (!record || !record->hasDefinition()) return std::nullopt;
    clang::QualType value, error;
    bool has_value = false;
    auto look = [&](const clang::CXXMethodDecl* method) {
      if (!method || !method->getDeclName().isIdentifier() || method->getAccess() != clang::AS_public) return;
      clang::QualType result = method->getReturnType();
      if (result->isDependentType() || result->isUndeducedType()) return;
      result = result.getNonReferenceType().getCanonicalType().getUnqualifiedType();
      if (method->getName() == "has_value") has_value = true;
      if (method->getName() == "value" && value.isNull()) value = result;
      if (method->getName() == "error" && error.isNull()) error = result;
    };
    for (const clang::Decl* member : record->decls()) {
      if (const auto* pattern = llvm::dyn_cast<clang::FunctionTemplateDecl>(member))
        member = pattern->getTemplatedDecl();
      look(llvm::dyn_cast<clang::CXXMethodDecl>(member));
    }
    if (const auto* special = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(record);
        special && plain_name(*record) == "std::expected") {
      // Its member functions are constrained in ways that leave their types open until they are called.
      value = special->getTemplateArgs()[0].getAsType().getCanonicalType();
      error = special->getTemplateArgs()[1].getAsType().getCanonicalType();
      has_value = true;
    }
    if (!has_value || value.isNull() || error.isNull()) return std::nullopt;
    return std::pair(value, error);
  }

  const clang::FunctionDecl& function_;
  const clang::ASTContext& context_;
  TypeSchemas types_;
};

}  // namespace

TypedBinding bind_typed(const clang::FunctionDecl& function, const clang::ASTContext& context) {
  return Operation(function, context).describe();
}

}  // namespace faasc::cpp
