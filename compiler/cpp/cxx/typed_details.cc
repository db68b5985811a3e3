#include "compiler/cpp/cxx/typed_details.h"

#include <algorithm>
#include <map>
#include <string_view>

#include <clang/AST/Comment.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/RawCommentList.h>

#include "compiler/cpp/cxx/decl_names.h"

namespace faasc::cpp {

nlohmann::ordered_json default_of(const clang::FieldDecl& field, const clang::ASTContext& context) {
  const clang::Expr* initialiser = field.hasInClassInitializer() ? field.getInClassInitializer() : nullptr;
  if (!initialiser || initialiser->isValueDependent() || initialiser->containsErrors()) return nullptr;
  clang::QualType type = field.getType().getCanonicalType();
  if (const auto* list = llvm::dyn_cast<clang::InitListExpr>(initialiser->IgnoreImplicit());
      list && list->getNumInits() == 1)
    initialiser = list->getInit(0);
  if (type->isBooleanType() || (type->isIntegerType() && !type->isEnumeralType())) {
    clang::Expr::EvalResult value;
    if (!initialiser->EvaluateAsInt(value, context)) return nullptr;
    const llvm::APSInt& number = value.Val.getInt();
    if (type->isBooleanType()) return number.getBoolValue();
    if (number.getSignificantBits() > 64) return nullptr;
    return number.isSigned() ? nlohmann::ordered_json(number.getSExtValue())
                             : nlohmann::ordered_json(number.getZExtValue());
  }
  if (type->isRealFloatingType()) {
    clang::Expr::EvalResult value;
    if (!initialiser->EvaluateAsRValue(value, context) || !value.Val.isFloat()) return nullptr;
    double number = value.Val.getFloat().convertToDouble();
    return nlohmann::ordered_json(number);
  }
  if (const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
      record && plain_name(*record) == "std::basic_string") {
    const clang::Stmt* at = initialiser;
    while (at && !llvm::isa<clang::StringLiteral>(at)) {
      auto children = at->children();
      at = children.empty() ? nullptr : *children.begin();
    }
    const auto* literal = llvm::dyn_cast_or_null<clang::StringLiteral>(at);
    if (literal && literal->getCharByteWidth() == 1) return literal->getString().str();
  }
  return nullptr;
}

std::pair<std::string, std::string> comment_of(const clang::Decl& decl, const clang::ASTContext& context) {
  const clang::RawComment* raw = context.getRawCommentForDeclNoCache(&decl);
  if (!raw) return {};
  std::string all = raw->getFormattedText(context.getSourceManager(), context.getDiagnostics());
  auto trim = [](std::string& text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    std::size_t start = text.find_first_not_of(" \n");
    text.erase(0, start == std::string::npos ? text.size() : start);
  };
  trim(all);
  std::string first = all.substr(0, all.find("\n\n"));
  first.resize(std::min(first.size(), first.find(". ")));
  for (char& c : first)
    if (c == '\n') c = ' ';
  if (!first.empty() && first.back() == '.') first.pop_back();
  return {first, all};
}

std::string nearest_json_type(const std::string& name) {
  static const std::map<std::string_view, const char*> kNearest = {
      {"std::unique_ptr", "use std::optional, or std::vector where the type contains itself"},
      {"std::shared_ptr", "use std::optional, or std::vector where the type contains itself"},
      {"std::weak_ptr", "use std::optional"},
      {"std::reference_wrapper", "make it a value"},
      {"std::pair", "use a struct, whose members have names"},
      {"std::tuple", "use a struct, whose members have names"},
      {"std::any", "use std::variant of what it may hold"},
      {"std::function", "leave it out of the types that the function takes and returns"},
      {"std::chrono::duration", "use an integer, with the unit in its name"},
      {"std::chrono::time_point", "use std::string for an ISO 8601 time, or an integer of seconds"},
      {"std::filesystem::path", "use std::string"},
      {"std::basic_string", "use std::string"},
      {"std::basic_string_view", "use std::string"},
      {"std::multimap", "use std::map of std::vector"},
      {"std::unordered_multimap", "use std::map of std::vector"},
      {"std::bitset", "use std::vector<bool> or an integer"},
      {"std::complex", "use a struct with the two parts"},
      {"std::atomic", "use the type without std::atomic"},
      {"std::byte", "use std::uint8_t"}};
  auto known = kNearest.find(name);
  return known != kNearest.end() ? known->second
                                 : "use std::vector for several values, or a struct of your own";
}

}  // namespace faasc::cpp
