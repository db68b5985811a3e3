#include "compiler/cpp/cxx/fact_collector.h"

#include <algorithm>
#include <map>
#include <utility>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/Mangle.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Basic/SourceManager.h>
#include <llvm/ADT/SetVector.h>
#include <llvm/ADT/SmallPtrSet.h>

#include "compiler/cpp/cxx/call_collector.h"
#include "compiler/cpp/cxx/decl_names.h"
#include "compiler/cpp/cxx/handler_fixes.h"
#include "compiler/cpp/cxx/typed_binding.h"

namespace faasc::cpp {
namespace {

// Headers of the user's may hold whole libraries; what does not look like a handler is only kept as a name
// that might have been meant, and only so many.
constexpr std::size_t kMaxFunctions = 5000;

TypeName type_name(clang::QualType type) {
  type = type.getCanonicalType();
  if (type->isVoidType()) return TypeName::Void;
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (!record || !record->getIdentifier()) return TypeName::Other;
  llvm::StringRef last = record->getName();
  if (last == "invocation_request" || last == "invocation_response") {
    if (plain_name(*record) != "aws::lambda_runtime::" + last.str()) return TypeName::Other;
    return last == "invocation_request" ? TypeName::InvocationRequest : TypeName::InvocationResponse;
  }
  if (last != "Function" && last != "HttpRequest" && last != "HttpResponse" && last != "CloudEvent")
    return TypeName::Other;
  if (plain_name(*record) != "google::cloud::functions::" + last.str()) return TypeName::Other;
  if (last == "Function") return TypeName::Function;
  if (last == "HttpRequest") return TypeName::HttpRequest;
  return last == "HttpResponse" ? TypeName::HttpResponse : TypeName::CloudEvent;
}

Type describe(clang::QualType type, const clang::PrintingPolicy& policy) {
  Type result;
  result.text = type.getAsString(policy);
  clang::QualType canonical = type.getCanonicalType();
  if (const auto* reference = canonical->getAs<clang::ReferenceType>()) {
    clang::QualType target = reference->getPointeeType();
    bool is_const = target.isConstQualified();
    if (canonical->isLValueReferenceType())
      result.passing = is_const ? Passing::ConstReference : Passing::Reference;
    else
      result.passing = is_const ? Passing::Reference : Passing::RvalueReference;
    canonical = target;
  } else if (canonical->isPointerType()) {
    result.passing = Passing::Pointer;
    canonical = canonical->getPointeeType();
  }
  result.name = type_name(canonical);
  return result;
}

// What one call of MakeFunction makes. Told from the parameter's type, which overload resolution has settled.
Made made_by(const clang::FunctionDecl& make_function) {
  if (make_function.getNumParams() != 1) return Made::Unknown;
  clang::QualType parameter =
      make_function.getParamDecl(0)->getType().getNonReferenceType().getCanonicalType();
  const auto* special =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(parameter->getAsCXXRecordDecl());
  if (!special) return Made::Unknown;
  std::string name = plain_name(*special);
  if (name == "std::map") return Made::Map;
  const clang::TemplateArgumentList& arguments = special->getTemplateArgs();
  if (name != "std::function" || arguments.size() < 1 ||
      arguments[0].getKind() != clang::TemplateArgument::Type)
    return Made::Unknown;
  const auto* function = arguments[0].getAsType()->getAs<clang::FunctionProtoType>();
  if (!function || function->getNumParams() != 1) return Made::Unknown;
  TypeName result = type_name(function->getReturnType());
  TypeName argument = type_name(function->getParamType(0).getNonReferenceType());
  if (result == TypeName::HttpResponse && argument == TypeName::HttpRequest) return Made::Http;
  if (result == TypeName::Void && argument == TypeName::CloudEvent) return Made::CloudEvent;
  return Made::Unknown;
}

// Follows what a factory returns: through copies and moves, both arms of a condition, a local variable's
// initialiser and helpers whose body this translation unit shows.
class MadeFinder {
 public:
  Made of(const clang::FunctionDecl& function) {
    const clang::FunctionDecl* definition = nullptr;
    if (!function.hasBody(definition) || !seen_.insert(definition->getCanonicalDecl()).second)
      return Made::Unknown;
    std::vector<Made> results;
    collect(definition->getBody(), results);
    return agreed(results);
  }

 private:
  static Made agreed(const std::vector<Made>& results) {
    if (results.empty()) return Made::Unknown;
    bool same =
        std::all_of(results.begin(), results.end(), [&](Made made) { return made == results.front(); });
    return same ? results.front() : Made::Unknown;
  }

  void collect(const clang::Stmt* statement, std::vector<Made>& results) {
    if (!statement || llvm::isa<clang::LambdaExpr>(statement)) return;  // a lambda's returns are its own
    if (const auto* result = llvm::dyn_cast<clang::ReturnStmt>(statement)) {
      results.push_back(of(result->getRetValue()));
      return;
    }
    for (const clang::Stmt* child : statement->children()) collect(child, results);
  }

  Made of(const clang::Expr* expression) {
    if (!expression) return Made::Unknown;
    expression = expression->IgnoreUnlessSpelledInSource();
    if (const auto* copy = llvm::dyn_cast<clang::CXXConstructExpr>(expression))
      return copy->getNumArgs() == 1 ? of(copy->getArg(0)) : Made::Unknown;
    if (const auto* choice = llvm::dyn_cast<clang::ConditionalOperator>(expression))
      return agreed({of(choice->getTrueExpr()), of(choice->getFalseExpr())});
    if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
      const auto* variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
      if (!variable || !seen_variables_.insert(variable->getCanonicalDecl()).second) return Made::Unknown;
      const clang::Expr* initialiser = variable->getAnyInitializer();
      return initialiser ? of(initialiser) : Made::Unknown;
    }
    const auto* call = llvm::dyn_cast<clang::CallExpr>(expression);
    const clang::FunctionDecl* callee = call ? call->getDirectCallee() : nullptr;
    if (!callee) return Made::Unknown;
    std::string name = plain_name(*callee);
    if (name == "google::cloud::functions::MakeFunction") return made_by(*callee);
    if (name == "std::move" && call->getNumArgs() == 1) return of(call->getArg(0));
    return of(*callee);
  }

  llvm::SmallPtrSet<const clang::FunctionDecl*, 4> seen_;
  llvm::SmallPtrSet<const clang::VarDecl*, 4> seen_variables_;
};

// The functions that a body names, lambdas included.
void collect_named(const clang::Stmt* statement, llvm::SetVector<const clang::FunctionDecl*>& named) {
  if (!statement) return;
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(statement))
    if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(name->getDecl()))
      named.insert(function->getCanonicalDecl());
  for (const clang::Stmt* child : statement->children()) collect_named(child, named);
  if (const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(statement))
    collect_named(lambda->getBody(), named);
}

// The call of run_handler in main(), or in what main() calls and this translation unit shows.
class LambdaFinder {
 public:
  void look_in(const clang::FunctionDecl& function, MainFact& fact) {
    const clang::FunctionDecl* definition = nullptr;
    if (fact.runs_lambda || !function.hasBody(definition) ||
        !seen_.insert(definition->getCanonicalDecl()).second)
      return;
    look_in(definition->getBody(), fact);
  }

 private:
  void look_in(const clang::Stmt* statement, MainFact& fact) {
    if (!statement || fact.runs_lambda) return;
    if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement)) {
      if (const clang::FunctionDecl* callee = call->getDirectCallee()) {
        if (callee->getDeclName().isIdentifier() && callee->getName() == "run_handler" &&
            plain_name(*callee) == "aws::lambda_runtime::run_handler") {
          fact.runs_lambda = true;
          if (call->getNumArgs() == 1) fact.lambda_handler = handler_in(call->getArg(0));
          return;
        }
        if (!callee->getASTContext().getSourceManager().isInSystemHeader(callee->getLocation()))
          look_in(*callee, fact);
      }
    }
    for (const clang::Stmt* child : statement->children()) look_in(child, fact);
  }

  // The one function that the argument names: behind std::function's constructors, and none in a lambda.
  static std::string handler_in(const clang::Stmt* argument) {
    while (argument) {
      if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(argument)) {
        const auto* function = llvm::dyn_cast<clang::FunctionDecl>(name->getDecl());
        return function ? plain_name(*function) : std::string();
      }
      // What a call or a lambda expression gives has no name.
      if (llvm::isa<clang::LambdaExpr, clang::CallExpr>(argument)) return {};
      auto children = argument->children();
      argument = children.empty() ? nullptr : *children.begin();
    }
    return {};
  }

  llvm::SmallPtrSet<const clang::FunctionDecl*, 8> seen_;
};

class Collector : public FactCollector {
 public:
  Collector(UnitFacts& facts, std::string typed, std::function<std::vector<clang::Decl*>()> parsed_before)
      : facts_(facts), typed_(std::move(typed)), parsed_before_(std::move(parsed_before)) {}

  const std::vector<clang::Decl*>& own_declarations() const override { return own_; }

  void Initialize(clang::ASTContext& context) override { context_ = &context; }

  std::string bind() override {
    take_what_came_before();
    std::vector<std::pair<const clang::FunctionDecl*, const TypedBinding*>> bound;
    clang::ASTNameGenerator names(*context_);
    for (const clang::FunctionDecl* first : functions_) {
      const clang::FunctionDecl* definition = nullptr;
      if (!first->isDefined(definition) || !definition || !is_typed(*definition) || !is_exported(*definition))
        continue;
      TypedBinding& binding = bindings_[first] = bind_typed(*definition, *context_);
      if (!binding.fact.problems.empty()) continue;
      binding.fact.entry = "faasc.typed." + names.getName(definition);
      bound.emplace_back(definition, &binding);
    }
    // Where none is named, only one can be meant.
    bool bind = !bound.empty() && (typed_ != "*" || bound.size() == 1);
    if (!bind)
      for (auto& [function, binding] : bindings_) binding.fact.entry.clear();
    return bind ? binding_source(bound, *context_) : std::string();
  }

  bool HandleTopLevelDecl(clang::DeclGroupRef group) override {
    take_what_came_before();
    for (clang::Decl* decl : group) take(decl);
    return true;
  }
  // What the code generator must see of an earlier file: it comes in an order of its own, and not all.
  void HandleInterestingDecl(clang::DeclGroupRef) override {}

  void HandleTranslationUnit(clang::ASTContext& context) override {
    take_what_came_before();
    clang::ASTNameGenerator names(context);
    for (const clang::FunctionDecl* first : functions_) {
      const clang::FunctionDecl* definition = nullptr;
      const clang::FunctionDecl* shown = first->isDefined(definition) && definition ? definition : first;
      if (shown->isInvalidDecl() || facts_.functions.size() >= kMaxFunctions) continue;
      record(*shown, shown == definition, names);
    }
    collect_calls(own_, context, facts_.calls);
    if (main_) {
      facts_.main.emplace();
      show_place(context, main_->getLocation(), facts_.main->place, facts_.main->line_text);
      LambdaFinder().look_in(*main_, *facts_.main);
    }
  }

 private:
  const clang::SourceManager& sources() const { return context_->getSourceManager(); }

  void take_what_came_before() {
    if (auto parsed_before = std::exchange(parsed_before_, {}))
      for (clang::Decl* decl : parsed_before()) take(decl);
  }

  void take(clang::Decl* decl) {
    clang::SourceLocation location = sources().getExpansionLoc(decl->getLocation());
    if (!decl->isImplicit() && !(location.isValid() && sources().isInSystemHeader(location)))
      own_.push_back(decl);
    visit(decl);
  }

  void visit(clang::Decl* decl) {
    clang::SourceLocation location = sources().getExpansionLoc(decl->getLocation());
    if (decl->isImplicit() || (location.isValid() && sources().isInSystemHeader(location))) return;
    if (llvm::isa<clang::NamespaceDecl, clang::LinkageSpecDecl, clang::ExportDecl>(decl)) {
      for (clang::Decl* inner : llvm::cast<clang::DeclContext>(decl)->decls()) visit(inner);
    } else if (auto* pattern = llvm::dyn_cast<clang::FunctionTemplateDecl>(decl)) {
      keep(pattern->getTemplatedDecl());
    } else if (auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(decl)) {
      if (!record->isThisDeclarationADefinition() || record->isDependentContext()) return;
      for (clang::Decl* inner : record->decls()) visit(inner);
    } else if (auto* function = llvm::dyn_cast<clang::FunctionDecl>(decl)) {
      if (function->isMain()) {
        if (function->isThisDeclarationADefinition()) main_ = function;
      } else {
        keep(function);
      }
    }
  }

  void keep(clang::FunctionDecl* function) {
    if (!function->getDeclName().isIdentifier()) return;  // operators, constructors
    bool shaped = has_handler_types(*function);
    bool in_main_file = sources().isInMainFile(sources().getExpansionLoc(function->getLocation()));
    bool wanted = !typed_.empty() && plain_name(*function) == typed_;
    if (!shaped && !wanted && (!in_main_file || llvm::isa<clang::CXXMethodDecl>(function))) return;
    functions_.insert(function->getCanonicalDecl());
    if (shaped && function->isInlined() && function->isThisDeclarationADefinition() &&
        !llvm::isa<clang::CXXMethodDecl>(function) && !function->getDescribedFunctionTemplate() &&
        function->isExternallyVisible() && !function->hasAttr<clang::UsedAttr>())
      function->addAttr(clang::UsedAttr::CreateImplicit(*context_));
  }

  static bool has_handler_types(const clang::FunctionDecl& function) {
    TypeName returns = type_name(function.getReturnType());
    if (returns == TypeName::Function || returns == TypeName::HttpResponse ||
        returns == TypeName::InvocationResponse)
      return true;
    const clang::PrintingPolicy policy{clang::LangOptions()};
    return std::any_of(function.param_begin(), function.param_end(),
                       [&](const clang::ParmVarDecl* parameter) {
                         TypeName name = describe(parameter->getType(), policy).name;
                         return name == TypeName::HttpRequest || name == TypeName::CloudEvent ||
                                name == TypeName::InvocationRequest;
                       });
  }

  /// A plain function that was asked for.
  bool is_typed(const clang::FunctionDecl& function) const {
    bool is_template = function.getDescribedFunctionTemplate() || function.isDependentContext();
    return context_->getLangOpts().CPlusPlus && !typed_.empty() && !is_template &&
           !function.isInvalidDecl() && !llvm::isa<clang::CXXMethodDecl>(function) &&
           function.isThisDeclarationADefinition() && !has_handler_types(function) &&
           (typed_ == "*" || typed_ == plain_name(function));
  }

  static bool is_exported(const clang::FunctionDecl& function) {
    return !function.isInAnonymousNamespace() && function.hasExternalFormalLinkage();
  }

  void record(const clang::FunctionDecl& function, bool defined, clang::ASTNameGenerator& names) {
    const clang::PrintingPolicy& policy = context_->getPrintingPolicy();
    FunctionFact fact;
    fact.name = plain_name(function);
    fact.is_template = function.getDescribedFunctionTemplate() || function.isDependentContext();
    if (!fact.is_template) fact.symbol = names.getName(&function);
    fact.returns = describe(function.getReturnType(), policy);
    for (const clang::ParmVarDecl* parameter : function.parameters())
      fact.parameters.push_back(describe(parameter->getType(), policy));
    if (function.isVariadic()) fact.parameters.push_back({TypeName::Other, Passing::Value, "..."});
    if (function.isInAnonymousNamespace())
      fact.linkage = Linkage::UnnamedNamespace;
    else if (!function.hasExternalFormalLinkage())
      fact.linkage = Linkage::Static;
    fact.defined = defined;
    fact.repeatable = function.isInlined() || function.hasAttr<clang::WeakAttr>();
    fact.is_member = llvm::isa<clang::CXXMethodDecl>(function);
    if (fact.returns.name == TypeName::Function && defined) fact.made = MadeFinder().of(function);
    if (defined && has_handler_types(function)) {
      llvm::SetVector<const clang::FunctionDecl*> named;
      collect_named(function.getBody(), named);
      for (const clang::FunctionDecl* other : named)
        if (other != function.getCanonicalDecl() && functions_.contains(other) && has_handler_types(*other) &&
            !other->isDependentContext())
          fact.uses.push_back(names.getName(other));
    }
    if (is_typed(function)) {
      auto known = bindings_.find(function.getCanonicalDecl());
      fact.typed = known != bindings_.end() ? known->second.fact : bind_typed(function, *context_).fact;
    }
    show_place(*context_, function.getLocation(), fact.place, fact.line_text);
    if (defined && !fact.is_template && !fact.is_member) fact.fixes = fixes_for_handler(function, *context_);
    facts_.functions.push_back(std::move(fact));
  }

  UnitFacts& facts_;
  std::string typed_;
  std::function<std::vector<clang::Decl*>()> parsed_before_;
  clang::ASTContext* context_ = nullptr;
  llvm::SetVector<const clang::FunctionDecl*> functions_;  // canonical declarations, in source order
  const clang::FunctionDecl* main_ = nullptr;
  std::map<const clang::FunctionDecl*, TypedBinding> bindings_;  // by canonical declaration
  std::vector<clang::Decl*> own_;  // what is at top level and not a system header's
};

}  // namespace

std::unique_ptr<FactCollector> make_fact_collector(UnitFacts& facts, std::string typed,
                                                   std::function<std::vector<clang::Decl*>()> parsed_before) {
  return std::make_unique<Collector>(facts, std::move(typed), std::move(parsed_before));
}

}  // namespace faasc::cpp
