#include "compiler/cpp/cxx/decl_names.h"

#include <clang/AST/DeclCXX.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Lex/Lexer.h>

namespace faasc::cpp {

std::string plain_name(const clang::NamedDecl& decl) {
  std::string name = decl.getDeclName().isIdentifier() ? decl.getName().str() : decl.getNameAsString();
  for (const clang::DeclContext* scope = decl.getDeclContext(); scope; scope = scope->getParent()) {
    if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(scope)) {
      if (space->isInline() || space->isAnonymousNamespace()) continue;
      name = space->getName().str() + "::" + name;
    } else if (const auto* record = llvm::dyn_cast<clang::RecordDecl>(scope)) {
      name = record->getName().str() + "::" + name;
    }
  }
  return name;
}

void show_place(const clang::ASTContext& context, clang::SourceLocation location, SourcePlace& place,
                std::string& line_text) {
  const clang::SourceManager& sources = context.getSourceManager();
  location = sources.getFileLoc(location);
  clang::PresumedLoc presumed = sources.getPresumedLoc(location);
  if (presumed.isInvalid()) return;
  int column = static_cast<int>(presumed.getColumn());
  auto length = clang::Lexer::MeasureTokenLength(location, sources, context.getLangOpts());
  place = {presumed.getFilename(), static_cast<int>(presumed.getLine()), column,
           column + static_cast<int>(length)};
  auto [file, offset] = sources.getDecomposedLoc(location);
  llvm::StringRef text = sources.getBufferData(file);
  llvm::StringRef line = text.substr(offset + 1 - static_cast<unsigned>(column));
  line = line.take_until([](char c) { return c == '\n' || c == '\r'; });
  if (line.size() <= 512) line_text = line.str();
}

}  // namespace faasc::cpp
