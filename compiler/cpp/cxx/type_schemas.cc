#include "compiler/cpp/cxx/type_schemas.h"

#include <limits>
#include <utility>

#include <clang/AST/DeclTemplate.h>
#include <clang/Basic/SourceManager.h>

#include "compiler/cpp/codes.h"
#include "compiler/cpp/cxx/decl_names.h"
#include "compiler/cpp/cxx/typed_details.h"

namespace faasc::cpp {
namespace {

// A type that refers to more classes than this is a library, not a message.
constexpr std::size_t kMaxClasses = 500;
constexpr std::size_t kMaxProblems = 20;

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

}  // namespace

bool is_standard(const clang::CXXRecordDecl& record) {
  return record.isInStdNamespace() || plain_name(record).starts_with("std::");
}

TypeSchemas::TypeSchemas(const clang::FunctionDecl& function, const clang::ASTContext& context)
    : function_(function), context_(context), policy_(context.getPrintingPolicy()) {
  policy_.SuppressUnwrittenScope = true;
  policy_.SuppressTagKeyword = true;
  policy_.Bool = true;
}

OpenApi TypeSchemas::of(clang::QualType type, Way way, const Where& where) {
  if (problems.size() >= kMaxProblems) return {};
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
  if (type->isArrayType()) return unsupported(type, where, "an array of C", "use std::array, or std::vector");
  if (type->isFunctionType())
    return refuse(where, kCppTypedFunction, where.what + " is a function, which JSON does not have",
                  "leave it out");
  if (const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl()) {
    if (is_standard(*record)) return of_standard_class(*record, type, way, where);
    return of_class(*record, type, way, where);
  }
  return unsupported(type, where, "", "use a type of the standard library");
}

OpenApi TypeSchemas::of_builtin(const clang::BuiltinType& builtin, clang::QualType type, const Where& where) {
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
      return refuse(where, kCppTypedCharacter,
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

OpenApi TypeSchemas::of_enum(const clang::EnumDecl& declared, const Where& where) {
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
  specialisations.push_back("template <> struct Names<" + name + "> {\n  static constexpr Named<" + name +
                            "> kAll[] = {" + names + "};\n};\n");
  OpenApi schema = {{"type", "string"}};
  add_comment(*definition, schema);
  schema["enum"] = std::move(values);
  components[known->second] = std::move(schema);
  return reference;
}

OpenApi TypeSchemas::of_standard_class(const clang::CXXRecordDecl& record, clang::QualType type, Way way,
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
    if (name.substr(5) == header) headers.insert(header);
  if (name == "std::monostate") headers.insert("variant");
  auto inner = [&](std::size_t index) { return of(arguments.at(index), way, where); };
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

bool TypeSchemas::plain_string(clang::QualType type) const {
  return printed(type) == "std::basic_string<char>";
}

OpenApi TypeSchemas::of_class(const clang::CXXRecordDecl& declared, clang::QualType type, Way way,
                              const Where& where) {
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
  components[component] = OpenApi::object();
  if (way == Way::In) check_default(*definition, type, where);

  Members members;
  collect(*definition, type, way, members);
  std::string name = spelled(type);
  std::string calls;
  for (const std::string& call : members.calls) calls += (calls.empty() ? "" : " &&\n        ") + call;
  specialisations.push_back(
      "template <> struct Fields<" + name +
      "> {\n  static constexpr std::size_t kCount = " + std::to_string(members.calls.size()) +
      ";\n  template <class F> static bool each([[maybe_unused]] F&& use) {\n    return " +
      (calls.empty() ? "true" : calls) + ";\n  }\n};\n");
  OpenApi schema = {{"type", "object"}};
  add_comment(*definition, schema);
  schema["properties"] = std::move(members.properties);
  if (!members.required.empty()) schema["required"] = std::move(members.required);
  components[component] = std::move(schema);
  return reference;
}

void TypeSchemas::collect(const clang::CXXRecordDecl& record, clang::QualType type, Way way,
                          Members& members) {
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

void TypeSchemas::add_member(const clang::FieldDecl& field, clang::QualType type, Way way, const Where& at,
                             Members& members) {
  std::string name = field.getName().str();
  OpenApi schema = of(field.getType(), way, at);
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

void TypeSchemas::check_default(const clang::CXXRecordDecl& record, clang::QualType type,
                                const Where& where) {
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

std::optional<OpenApi> TypeSchemas::unnameable(const clang::TagDecl& tag, const Where& where) {
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

std::string TypeSchemas::printed(clang::QualType type) const {
  return type.getCanonicalType().getUnqualifiedType().getAsString(policy_);
}
std::string TypeSchemas::spelled(clang::QualType type) const {
  return "::" + printed(type);
}

std::string TypeSchemas::component_name(const clang::TagDecl& tag) {
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

void TypeSchemas::add_comment(const clang::Decl& decl, OpenApi& schema) const {
  std::string text = comment_of(decl, context_).second;
  if (!text.empty()) schema["description"] = text;
}

OpenApi TypeSchemas::unsupported(clang::QualType type, const Where& where, std::string_view what,
                                 std::string hint) {
  return refuse(where, kCppTypedUnsupported,
                where.what + " is " + (what.empty() ? "a " : std::string(what) + ", ") +
                    in_quotes(printed(type)) + ", for which there is no JSON",
                std::move(hint));
}

OpenApi TypeSchemas::refuse(const Where& where, const char* code, std::string message, std::string hint) {
  if (problems.size() >= kMaxProblems) return {};
  Diagnostic problem;
  problem.code = code;
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  const clang::SourceManager& sources = context_.getSourceManager();
  bool foreign = where.place.isInvalid() || sources.isInSystemHeader(where.place);
  show_place(context_, foreign ? function_.getLocation() : where.place, problem.place, problem.line_text);
  problems.push_back(std::move(problem));
  return {};
}

}  // namespace faasc::cpp
