#include "compiler/cpp/cxx/handler_fixes.h"

#include <optional>

#include <clang/AST/DeclCXX.h>
#include <clang/AST/TypeLoc.h>
#include <clang/Basic/CharInfo.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>

namespace faasc::cpp {
namespace {

class Fixer {
 public:
  Fixer(const clang::FunctionDecl& function, const clang::ASTContext& context)
      : function_(function), sources_(context.getSourceManager()), languages_(context.getLangOpts()) {}

  std::vector<Fix> fixes() {
    bool sound = true;
    if (function_.isInAnonymousNamespace())
      sound = leave_unnamed_namespace();
    else
      for (const clang::FunctionDecl* declaration : function_.redecls())
        sound = sound && (function_.hasExternalFormalLinkage() || remove_static(*declaration)) &&
                take_by_value(*declaration);
    return sound ? std::move(fixes_) : std::vector<Fix>();
  }

 private:
  // The text from `begin` to `end`, which must be in one line, becomes another.
  bool replace(clang::SourceLocation begin, clang::SourceLocation end, std::string text) {
    if (begin.isMacroID() || end.isMacroID()) return false;
    clang::PresumedLoc first = sources_.getPresumedLoc(begin), last = sources_.getPresumedLoc(end);
    if (first.isInvalid() || last.isInvalid() || first.getLine() != last.getLine() ||
        first.getFileID() != last.getFileID())
      return false;
    fixes_.push_back({{first.getFilename(), static_cast<int>(first.getLine()),
                       static_cast<int>(first.getColumn()), static_cast<int>(last.getColumn())},
                      std::move(text)});
    return true;
  }

  std::optional<clang::Token> token_at(clang::SourceLocation location) const {
    clang::Token token;
    if (location.isMacroID() || clang::Lexer::getRawToken(location, token, sources_, languages_, true))
      return std::nullopt;
    return token;
  }

  bool remove_static(const clang::FunctionDecl& declaration) {
    if (declaration.getStorageClass() != clang::SC_Static) return true;
    clang::SourceLocation at = declaration.getOuterLocStart();
    for (int i = 0; i < 8; ++i) {
      auto token = token_at(at);
      if (!token) return false;
      auto next = clang::Lexer::findNextToken(token->getLocation(), sources_, languages_);
      if (!next) return false;
      if (token->is(clang::tok::raw_identifier) && token->getRawIdentifier() == "static")
        return replace(token->getLocation(), next->getLocation(), "");
      at = next->getLocation();
    }
    return false;
  }

  // By value, a body that changes its copy compiles as before.
  bool take_by_value(const clang::FunctionDecl& declaration) {
    if (declaration.getNumParams() != 1) return true;
    const clang::ParmVarDecl* parameter = declaration.getParamDecl(0);
    clang::QualType type = parameter->getType();
    if (!type->isLValueReferenceType() || type->getPointeeType().isConstQualified()) return true;
    const auto* record = type->getPointeeType()->getAsCXXRecordDecl();
    if (!record || !parameter->getTypeSourceInfo()) return true;
    auto reference = parameter->getTypeSourceInfo()->getTypeLoc().getAs<clang::LValueReferenceTypeLoc>();
    if (!reference) return true;  // an alias of a reference
    clang::SourceLocation sigil = reference.getSigilLoc();
    if (sigil.isMacroID()) return true;
    bool runs_on = clang::isAsciiIdentifierContinue(*sources_.getCharacterData(sigil.getLocWithOffset(1))) &&
                   clang::isAsciiIdentifierContinue(*sources_.getCharacterData(sigil.getLocWithOffset(-1)));
    return replace(sigil, sigil.getLocWithOffset(1), runs_on ? " " : "");
  }

  bool leave_unnamed_namespace() {
    const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(function_.getLexicalDeclContext());
    if (!space || !space->isAnonymousNamespace() || !function_.isFirstDecl() ||
        function_.getMostRecentDecl() != &function_ || function_.getStorageClass() == clang::SC_Static)
      return false;
    clang::SourceLocation begin = function_.getOuterLocStart(), end = function_.getBodyRBrace();
    if (begin.isMacroID() || end.isInvalid() || end.isMacroID()) return false;
    // Both stand alone in their lines, or what is beside them would change places.
    if (sources_.getSpellingColumnNumber(begin) != 1) return false;
    const char* behind = sources_.getCharacterData(end) + 1;
    if (*behind != '\n' && *behind != '\r') return false;
    clang::SourceLocation after = end.getLocWithOffset(1);
    return replace(begin, begin, "}  // namespace\n\n") && replace(after, after, "\n\nnamespace {");
  }

  const clang::FunctionDecl& function_;
  const clang::SourceManager& sources_;
  const clang::LangOptions& languages_;
  std::vector<Fix> fixes_;
};

}  // namespace

std::vector<Fix> fixes_for_handler(const clang::FunctionDecl& function, const clang::ASTContext& context) {
  return Fixer(function, context).fixes();
}

}  // namespace faasc::cpp
