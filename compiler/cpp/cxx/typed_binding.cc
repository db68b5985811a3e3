#include "compiler/cpp/cxx/typed_binding.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/Basic/SourceManager.h>
#include <nlohmann/json.hpp>

#include "compiler/cpp/codes.h"
#include "compiler/cpp/cxx/decl_names.h"
#include "compiler/cpp/cxx/typed_details.h"

namespace faasc::cpp {
namespace {

using OpenApi = nlohmann::ordered_json;

// A type that refers to more classes than this is a library, not a message.
constexpr std::size_t kMaxClasses = 500;
constexpr std::size_t kMaxProblems = 20;

/// Whether values come from the client or go to it.
enum class Way : std::uint8_t { In, Out };

std::string in_quotes(std::string_view text) {
  return "'" + std::string(text) + "'";
}

std::string c_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// std::chrono and its like included.
bool is_standard(const clang::CXXRecordDecl& record) {
  return record.isInStdNamespace() || plain_name(record).starts_with("std::");
}

/// Where a type stands, for messages: "member 'price' of 'shop::Order'".
struct Where {
  std::string what;
  clang::SourceLocation place;
};

class Describer {
 public:
  Describer(const clang::FunctionDecl& function, const clang::ASTContext& context)
      : function_(function), context_(context), policy_(context.getPrintingPolicy()) {
    policy_.SuppressUnwrittenScope = true;
    policy_.SuppressTagKeyword = true;
    policy_.Bool = true;
  }

  TypedBinding describe() {
    OpenApi operation = OpenApi::object();
    operation["operationId"] = function_.getName().str();
    auto [summary, description] = comment_of(function_, context_);
    if (!summary.empty()) operation["summary"] = summary;
    if (!description.empty() && description != summary) operation["description"] = description;
    std::string method = "post";
    if (function_.isVariadic() || function_.getNumParams() > 1) {
      unsigned count = function_.getNumParams();
      refuse(
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
    fact.problems = std::move(problems_);
    if (!fact.problems.empty()) return bound;
    for (const std::string& specialisation : specialisations_) fact.binding += specialisation;
    bound.specialisations = std::move(specialisations_);
    bound.headers = std::move(headers_);
    OpenApi document = {{"paths", {{"/", {{method, std::move(operation)}}}}},
                        {"components", {{"schemas", std::move(schemas_)}}}};
    fact.openapi = document.dump(-1, ' ', false, OpenApi::error_handler_t::replace);
    return bound;
  }

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
        refuse(where, kCppTypedReference,
               where.what + " is " + in_quotes(printed(type)) + ": there is nothing for it to refer to",
               "take it by value or by 'const &'");
      type = target;
    }
    return schema(type, Way::In, where);
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
      responses["200"] = {{"description", "The result"}, {"content", content(schema(type, Way::Out, where))}};
    if (function_.getNumParams() == 1) {
      schemas_["BadRequest"] = {{"type", "object"},
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
      OpenApi of_error = schema(error, Way::Out, {"the error of the result", function_.getLocation()});
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

  OpenApi schema(clang::QualType type, Way way, const Where& where) {
    if (problems_.size() >= kMaxProblems) return {};
    type = type.getCanonicalType();
    if (type.isVolatileQualified()) return unsupported(type, where, "", "remove 'volatile'");
    type = type.getUnqualifiedType();
    if (const auto* builtin = type->getAs<clang::BuiltinType>()) return of_builtin(*builtin, type, where);
    if (const auto* enumeration = type->getAs<clang::EnumType>())
      return of_enum(*enumeration->getDecl(), where);
    if (type->isPointerType() && type->getPointeeType()->isFunctionType())
      return refuse(where, kCppTypedFunction,
                    where.what + " is a pointer to a function, which JSON does not have",
                    "leave it out of the types that the function takes and returns");
    if (type->isPointerType() && type->getPointeeType()->isCharType())
      return refuse(
          where, kCppTypedPointer,
          where.what + " is a " + in_quotes(printed(type)) + ", which says neither how long it is nor whose",
          "use std::string");
    if (type->isPointerType() || type->isMemberPointerType() || type->isNullPtrType())
      return refuse(where, kCppTypedPointer,
                    where.what + " is a raw pointer, " + in_quotes(printed(type)) +
                        ", which says neither whose it is nor of how many",
                    "use std::optional for one that may be missing, std::vector for several");
    if (type->isReferenceType())
      return refuse(where, kCppTypedReference,
                    where.what + " is a reference, " + in_quotes(printed(type)) + ", which owns no value",
                    "make it a value");
    if (type->isArrayType())
      return unsupported(type, where, "an array of C", "use std::array, or std::vector");
    if (type->isFunctionType())
      return refuse(where, kCppTypedFunction, where.what + " is a function, which JSON does not have",
                    "leave it out");
    if (const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl()) {
      if (is_standard(*record)) return of_standard_class(*record, type, way, where);
      return of_class(*record, type, way, where);
    }
    return unsupported(type, where, "", "use a type of the standard library");
  }

  OpenApi of_builtin(const clang::BuiltinType& builtin, clang::QualType type, const Where& where) {
    using Kind = clang::BuiltinType;
    switch (builtin.getKind()) {
      case Kind::Bool:
        return {{"type", "boolean"}};
      case Kind::Char_S:
      case Kind::Char_U:
      case Kind::WChar_S:
      case Kind::WChar_U:
      case Kind::Char8:
      case Kind::Char16:
      case Kind::Char32:
        return refuse(
            where, kCppTypedCharacter,
            where.what + " is a " + in_quotes(printed(type)) + ", which may be a letter or a number",
            "use std::string for text, std::int8_t or std::uint8_t for a number");
      case Kind::Float:
        return {{"type", "number"}, {"format", "float"}};
      case Kind::Double:
      case Kind::LongDouble:
        return {{"type", "number"}, {"format", "double"}};
      default:
        break;
    }
    unsigned width = static_cast<unsigned>(context_.getTypeSize(type));
    if (!builtin.isInteger() || width > 64)
      return unsupported(type, where, "",
                         builtin.isFloatingPoint() ? "use double" : "use std::int64_t or std::string");
    OpenApi schema = {{"type", "integer"}};
    if (builtin.isSignedInteger()) {
      if (width >= 32) schema["format"] = "int" + std::to_string(width);
      schema["minimum"] =
          width == 64 ? std::numeric_limits<std::int64_t>::min() : -(std::int64_t{1} << (width - 1));
      schema["maximum"] =
          width == 64 ? std::numeric_limits<std::int64_t>::max() : (std::int64_t{1} << (width - 1)) - 1;
    } else {
      schema["minimum"] = 0;
      schema["maximum"] =
          width == 64 ? std::numeric_limits<std::uint64_t>::max() : (std::uint64_t{1} << width) - 1;
    }
    return schema;
  }

  OpenApi of_enum(const clang::EnumDecl& declared, const Where& where) {
    const clang::EnumDecl* definition = declared.getDefinition();
    if (!definition || definition->enumerator_begin() == definition->enumerator_end())
      return refuse(where, kCppTypedNames, where.what + " is of an enumeration without names",
                    "give its values names, or use an integer");
    if (auto problem = unnameable(*definition, where)) return *problem;
    auto [known, fresh] = named_.emplace(definition->getCanonicalDecl(), component_name(*definition));
    OpenApi reference = {{"$ref", "#/components/schemas/" + known->second}};
    if (!fresh) return reference;
    std::string name = spelled(context_.getTypeDeclType(definition));
    std::string names;
    OpenApi values = OpenApi::array();
    for (const clang::EnumConstantDecl* constant : definition->enumerators()) {
      std::string text = constant->getName().str();
      values.push_back(text);
      names += "{" + c_string(text) + ", " + name + "::" + text + "}, ";
    }
    specialisations_.push_back("template <> struct Names<" + name + "> {\n  static constexpr Named<" + name +
                               "> kAll[] = {" + names + "};\n};\n");
    OpenApi schema = {{"type", "string"}};
    add_comment(*definition, schema);
    schema["enum"] = std::move(values);
    schemas_[known->second] = std::move(schema);
    return reference;
  }

  OpenApi of_standard_class(const clang::CXXRecordDecl& record, clang::QualType type, Way way,
                            const Where& where) {
    std::string name = plain_name(record);
    std::vector<clang::QualType> arguments;
    std::uint64_t count = 0;
    if (const auto* special = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(&record)) {
      auto take = [&](const clang::TemplateArgument& argument) {
        if (argument.getKind() == clang::TemplateArgument::Type) arguments.push_back(argument.getAsType());
        if (argument.getKind() == clang::TemplateArgument::Integral)
          count = argument.getAsIntegral().getLimitedValue();
      };
      for (const clang::TemplateArgument& argument : special->getTemplateArgs().asArray()) {
        if (argument.getKind() == clang::TemplateArgument::Pack)
          for (const clang::TemplateArgument& inner : argument.pack_elements()) take(inner);
        else
          take(argument);
      }
    }
    auto first_is_char = [&] {
      return !arguments.empty() && arguments[0]->isSpecificBuiltinType(clang::BuiltinType::Char_S);
    };
    for (const char* header : {"array", "map", "optional", "unordered_map", "variant", "vector"})
      if (name.substr(5) == header) headers_.insert(header);
    if (name == "std::monostate") headers_.insert("variant");
    auto inner = [&](std::size_t index) { return schema(arguments.at(index), way, where); };
    if (name == "std::basic_string" && first_is_char() && plain_string(type)) return {{"type", "string"}};
    if (name == "std::basic_string_view" && first_is_char()) {
      if (way == Way::Out) return {{"type", "string"}};
      return refuse(where, kCppTypedBorrowed, where.what + " is a std::string_view, which owns no text",
                    "use std::string");
    }
    if (name == "std::optional") return {{"anyOf", {inner(0), {{"type", "null"}}}}};
    if (name == "std::vector") return {{"type", "array"}, {"items", inner(0)}};
    if (name == "std::array")
      return {{"type", "array"}, {"items", inner(0)}, {"minItems", count}, {"maxItems", count}};
    if (name == "std::map" || name == "std::unordered_map") {
      const clang::CXXRecordDecl* key = arguments.at(0)->getAsCXXRecordDecl();
      if (!key || !is_standard(*key) || !plain_string(arguments[0]))
        return refuse(where, kCppTypedKey,
                      where.what + " is a map whose keys are " + in_quotes(printed(arguments[0])) +
                          "; JSON's are strings",
                      "use std::map<std::string, ...>, or a std::vector of a struct with key and value");
      return {{"type", "object"}, {"additionalProperties", inner(1)}};
    }
    if (name == "std::variant") {
      OpenApi choices = OpenApi::array();
      for (std::size_t i = 0; i < arguments.size(); ++i) choices.push_back(inner(i));
      return {{"anyOf", std::move(choices)}};
    }
    if (name == "std::monostate") return {{"type", "null"}};
    return unsupported(type, where, "", nearest_json_type(name));
  }

  bool plain_string(clang::QualType type) const { return printed(type) == "std::basic_string<char>"; }

  OpenApi of_class(const clang::CXXRecordDecl& declared, clang::QualType type, Way way, const Where& where) {
    const clang::CXXRecordDecl* definition = declared.getDefinition();
    if (!definition)
      return refuse(
          where, kCppTypedIncomplete,
          where.what + " is of " + in_quotes(printed(type)) + ", which is declared but not defined here",
          "include the header that defines it");
    if (definition->isUnion())
      return refuse(where, kCppTypedUnion, where.what + " is a union, which does not say what it holds",
                    "use std::variant");
    if (auto problem = unnameable(*definition, where)) return *problem;
    auto [known, fresh] = named_.emplace(definition->getCanonicalDecl(), "");
    if (fresh) known->second = component_name(*definition);
    std::string component = known->second;
    OpenApi reference = {{"$ref", "#/components/schemas/" + component}};
    if (!fresh) return reference;
    if (named_.size() > kMaxClasses) return unsupported(type, where, "", "use smaller types");
    // Its place in the document comes before those of its members.
    schemas_[component] = OpenApi::object();
    if (way == Way::In) check_default(*definition, type, where);

    Members members;
    collect(*definition, type, way, members);
    std::string name = spelled(type);
    std::string calls;
    for (const std::string& call : members.calls) calls += (calls.empty() ? "" : " &&\n        ") + call;
    specialisations_.push_back(
        "template <> struct Fields<" + name +
        "> {\n  static constexpr std::size_t kCount = " + std::to_string(members.calls.size()) +
        ";\n  template <class F> static bool each([[maybe_unused]] F&& use) {\n    return " +
        (calls.empty() ? "true" : calls) + ";\n  }\n};\n");
    OpenApi schema = {{"type", "object"}};
    add_comment(*definition, schema);
    schema["properties"] = std::move(members.properties);
    if (!members.required.empty()) schema["required"] = std::move(members.required);
    schemas_[component] = std::move(schema);
    return reference;
  }

  struct Members {
    std::vector<std::string> calls;
    std::set<std::string> names;
    OpenApi properties = OpenApi::object();
    OpenApi required = OpenApi::array();
  };

  void collect(const clang::CXXRecordDecl& record, clang::QualType type, Way way, Members& members) {
    for (const clang::CXXBaseSpecifier& base : record.bases()) {
      const clang::CXXRecordDecl* parent = base.getType()->getAsCXXRecordDecl();
      Where at{"the base class " + in_quotes(printed(base.getType())) + " of " + in_quotes(printed(type)),
               base.getBeginLoc()};
      if (base.isVirtual() || base.getAccessSpecifier() != clang::AS_public || !parent ||
          !parent->hasDefinition() || is_standard(*parent)) {
        refuse(at, kCppTypedPrivate, at.what + " is not a public class of the user's",
               "use a member in its place");
        continue;
      }
      collect(*parent->getDefinition(), base.getType().getCanonicalType(), way, members);
    }
    for (const clang::FieldDecl* field : record.fields()) {
      std::string name = field->getName().str();
      Where at{"member " + in_quotes(name) + " of " + in_quotes(printed(type)), field->getLocation()};
      if (field->isAnonymousStructOrUnion()) {
        at.what = "an unnamed member of " + in_quotes(printed(type));
        bool is_union = field->getType()->isUnionType();
        refuse(at, is_union ? kCppTypedUnion : kCppTypedMember,
               at.what + (is_union ? " is a union, which does not say what it holds" : " has no name"),
               is_union ? "use std::variant" : "give it a name");
        continue;
      }
      if (field->isUnnamedBitField()) continue;
      if (field->getAccess() != clang::AS_public) {
        refuse(at, kCppTypedPrivate,
               at.what + " is " + (field->getAccess() == clang::AS_private ? "private" : "protected") +
                   ": the binding can neither read nor set it",
               "make it public, or use a struct for what travels and convert in the function");
        continue;
      }
      if (field->isBitField()) {
        refuse(at, kCppTypedMember, at.what + " is a bit-field, which nothing can refer to",
               "remove its width");
        continue;
      }
      if (way == Way::In && field->getType().isConstQualified()) {
        refuse(at, kCppTypedMember, at.what + " is const: it cannot be set after the object is made",
               "remove 'const'");
        continue;
      }
      if (!members.names.insert(name).second) {
        refuse(at, kCppTypedMember, at.what + " hides one of the same name in a base class",
               "rename one of the two");
        continue;
      }
      add_member(*field, type, way, at, members);
    }
  }

  void add_member(const clang::FieldDecl& field, clang::QualType type, Way way, const Where& at,
                  Members& members) {
    std::string name = field.getName().str();
    OpenApi schema = this->schema(field.getType(), way, at);
    const clang::CXXRecordDecl* record = field.getType().getCanonicalType()->getAsCXXRecordDecl();
    bool optional = record && plain_name(*record) == "std::optional";
    bool required = !optional && !field.hasInClassInitializer();
    add_comment(field, schema);
    if (OpenApi fallback = default_of(field, context_); !fallback.is_null() && !schema.contains("$ref"))
      schema["default"] = std::move(fallback);
    members.properties[name] = std::move(schema);
    if (way == Way::In ? required : !optional) members.required.push_back(name);
    members.calls.push_back("use(" + c_string(name) + ", &" + spelled(type) + "::" + name + ", " +
                            (required ? "true)" : "false)"));
  }

  // A class that a client fills is made first and then given its members.
  void check_default(const clang::CXXRecordDecl& record, clang::QualType type, const Where& where) {
    bool possible =
        record.hasDefaultConstructor() || record.needsImplicitDefaultConstructor() || record.isAggregate();
    for (const clang::CXXConstructorDecl* constructor : record.ctors())
      if (constructor->isDefaultConstructor() &&
          (constructor->isDeleted() || constructor->getAccess() != clang::AS_public))
        possible = false;
    if (record.isAbstract()) possible = false;
    if (!possible)
      refuse(where, kCppTypedNoDefault,
             where.what + " is of " + in_quotes(printed(type)) + ", which cannot be made without arguments",
             "give it a default constructor, or remove its constructors");
  }

  /// A type that the generated code could not write down.
  std::optional<OpenApi> unnameable(const clang::TagDecl& tag, const Where& where) {
    if (!tag.getIdentifier() && !tag.getTypedefNameForAnonDecl())
      return refuse(where, kCppTypedMember, where.what + " is of a type without a name",
                    "give the type a name");
    for (const clang::Decl* outer = &tag; outer;
         outer = llvm::dyn_cast_or_null<clang::Decl>(outer->getDeclContext())) {
      if (llvm::isa<clang::FunctionDecl>(outer))
        return refuse(where, kCppTypedMember, where.what + " is of a type that is defined inside a function",
                      "define it outside");
      if (outer->getAccess() == clang::AS_private || outer->getAccess() == clang::AS_protected)
        return refuse(where, kCppTypedPrivate, where.what + " is of a type that is private to its class",
                      "make it public, or define it outside of the class");
    }
    return std::nullopt;
  }

  std::string printed(clang::QualType type) const {
    return type.getCanonicalType().getUnqualifiedType().getAsString(policy_);
  }
  std::string spelled(clang::QualType type) const { return "::" + printed(type); }

  std::string component_name(const clang::TagDecl& tag) {
    std::string full = printed(context_.getTypeDeclType(&tag));
    auto tidy = [](std::string_view text) {
      std::string name;
      for (char c : text) {
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (plain)
          name += c;
        else if (!name.empty() && name.back() != '.')
          name += '.';
      }
      while (!name.empty() && name.back() == '.') name.pop_back();
      return name;
    };
    // The last part alone where nothing else is called so.
    std::size_t end = full.find('<');
    std::size_t at = full.substr(0, end).rfind("::");
    std::string name = tidy(at == std::string::npos ? full : full.substr(at + 2));
    if (used_.insert(name).second) return name;
    name = tidy(full);
    for (int i = 2; !used_.insert(name).second; ++i) name = tidy(full) + "." + std::to_string(i);
    return name;
  }

  void add_comment(const clang::Decl& decl, OpenApi& schema) const {
    std::string text = comment_of(decl, context_).second;
    if (!text.empty()) schema["description"] = text;
  }

  OpenApi unsupported(clang::QualType type, const Where& where, std::string_view what, std::string hint) {
    return refuse(where, kCppTypedUnsupported,
                  where.what + " is " + (what.empty() ? "a " : std::string(what) + ", ") +
                      in_quotes(printed(type)) + ", for which there is no JSON",
                  std::move(hint));
  }

  OpenApi refuse(const Where& where, const char* code, std::string message, std::string hint) {
    if (problems_.size() >= kMaxProblems) return {};
    Diagnostic problem;
    problem.code = code;
    problem.message = std::move(message);
    problem.hint = std::move(hint);
    const clang::SourceManager& sources = context_.getSourceManager();
    bool foreign = where.place.isInvalid() || sources.isInSystemHeader(where.place);
    show_place(context_, foreign ? function_.getLocation() : where.place, problem.place, problem.line_text);
    problems_.push_back(std::move(problem));
    return {};
  }

  const clang::FunctionDecl& function_;
  const clang::ASTContext& context_;
  clang::PrintingPolicy policy_;
  std::vector<std::string> specialisations_;
  std::set<std::string> headers_;
  OpenApi schemas_ = OpenApi::object();
  std::map<const clang::TagDecl*, std::string> named_;  // canonical declarations and their components
  std::set<std::string> used_ = {"BadRequest"};
  std::vector<Diagnostic> problems_;
};

}  // namespace

TypedBinding bind_typed(const clang::FunctionDecl& function, const clang::ASTContext& context) {
  return Describer(function, context).describe();
}

}  // namespace faasc::cpp
