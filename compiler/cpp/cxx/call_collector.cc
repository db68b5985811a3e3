#include "compiler/cpp/cxx/call_collector.h"

#include <map>
#include <set>

#include <clang/AST/RecursiveASTVisitor.h>

#include "compiler/cpp/cxx/decl_names.h"
#include "packager/calls/c_functions.h"

namespace faasc::cpp {
namespace {

constexpr std::size_t kMaxCalls = 100;
constexpr std::size_t kMaxCallers = 5;

class Visitor : public clang::RecursiveASTVisitor<Visitor> {
 public:
  struct Use {
    const clang::FunctionDecl* used;
    const clang::FunctionDecl* user;  // null: an initialiser outside of functions
    clang::SourceLocation place;
  };

  bool TraverseDecl(clang::Decl* decl) {
    const clang::FunctionDecl* outer = current_;
    if (const auto* function = llvm::dyn_cast_or_null<clang::FunctionDecl>(decl))
      current_ = function->getCanonicalDecl();
    bool go_on = RecursiveASTVisitor::TraverseDecl(decl);
    current_ = outer;
    return go_on;
  }

  bool VisitDeclRefExpr(clang::DeclRefExpr* name) {
    if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(name->getDecl()))
      note(*function, name->getLocation());
    return true;
  }
  bool VisitMemberExpr(clang::MemberExpr* member) {
    if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(member->getMemberDecl()))
      note(*function, member->getMemberLoc());
    return true;
  }

  std::vector<Use> found;                               // of what a unikernel cannot serve
  std::map<const clang::FunctionDecl*, Use> first_use;  // of the user's functions, by another one

 private:
  void note(const clang::FunctionDecl& function, clang::SourceLocation place) {
    const clang::FunctionDecl* used = function.getCanonicalDecl();
    if (used != current_) first_use.emplace(used, Use{used, current_, place});
    if (!function.getDeclName().isIdentifier() || !function.isExternC() || found.size() >= kMaxCalls) return;
    if (find_nanos_call(function.getName())) found.push_back({used, current_, place});
  }

  const clang::FunctionDecl* current_ = nullptr;
};

}  // namespace

void collect_calls(const std::vector<clang::Decl*>& decls, clang::ASTContext& context,
                   std::vector<CallFact>& calls) {
  Visitor visitor;
  for (clang::Decl* decl : decls) visitor.TraverseDecl(decl);
  for (const Visitor::Use& use : visitor.found) {
    CallFact call;
    call.name = use.used->getName().str();
    show_place(context, use.place, call.place, call.line_text);
    std::set<const clang::FunctionDecl*> seen;
    for (const clang::FunctionDecl* user = use.user;
         user && seen.insert(user).second && call.callers.size() < kMaxCallers;) {
      auto caller = visitor.first_use.find(user);
      if (caller == visitor.first_use.end()) break;
      Diagnostic note;
      note.severity = Severity::Note;
      note.message = "which '" + plain_name(*user) + "' does, called here";
      show_place(context, caller->second.place, note.place, note.line_text);
      call.callers.push_back(std::move(note));
      user = caller->second.user;
    }
    calls.push_back(std::move(call));
  }
}

}  // namespace faasc::cpp
