#include "compiler/cpp/cxx/diagnostic_recorder.h"

#include <algorithm>

#include <clang/Basic/DiagnosticIDs.h>
#include <clang/Basic/DiagnosticOptions.h>
#include <clang/Basic/LangOptions.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Frontend/DiagnosticRenderer.h>
#include <clang/Lex/Lexer.h>
#include <llvm/ADT/SmallString.h>

namespace faasc::cpp {
namespace {

// Clang is not stopped by its own limit, so that the number of errors can be told.
constexpr int kMaxErrors = 20;
constexpr int kMaxWarnings = 80;
constexpr std::size_t kMaxNotes = 32;
constexpr std::size_t kMaxMessageBytes = 4096;
constexpr std::size_t kMaxLineBytes = 512;

Severity to_severity(clang::DiagnosticsEngine::Level level) {
  if (level >= clang::DiagnosticsEngine::Error) return Severity::Error;
  return level == clang::DiagnosticsEngine::Warning ? Severity::Warning : Severity::Note;
}

std::string line_at(clang::FullSourceLoc location) {
  bool invalid = false;
  llvm::StringRef text = location.getBufferData(&invalid);
  if (invalid) return {};
  std::size_t offset = std::min<std::size_t>(location.getFileOffset(), text.size());
  std::size_t start = text.rfind('\n', offset);
  start = start == llvm::StringRef::npos || start >= offset
              ? (offset > 0 && text[offset - 1] == '\n' ? offset : 0)
              : start + 1;
  llvm::StringRef line = text.substr(start).take_until([](char c) { return c == '\n' || c == '\r'; });
  // A caret under a line of half a megabyte helps nobody.
  return line.size() <= kMaxLineBytes ? line.str() : std::string();
}

// "[-Wunused-variable]", as Clang's own printer appends it.
std::string option_suffix(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info) {
  if (info.getID() == clang::diag::fatal_too_many_errors) return " [-ferror-limit=]";
  llvm::StringRef option = clang::DiagnosticIDs::getWarningOptionForDiag(info.getID());
  if (option.empty() || level == clang::DiagnosticsEngine::Note) return {};
  bool promoted = level >= clang::DiagnosticsEngine::Error &&
                  !clang::DiagnosticIDs::isDefaultMappingAsError(info.getID());
  return (promoted ? " [-Werror,-W" : " [-W") + option.str() + "]";
}

}  // namespace

// Clang's own renderer works out include stacks, macro expansions and which ranges are visible where.
class DiagnosticRecorder::Renderer : public clang::DiagnosticNoteRenderer {
 public:
  Renderer(DiagnosticRecorder& recorder, const clang::LangOptions& languages)
      : DiagnosticNoteRenderer(languages, new clang::DiagnosticOptions), recorder_(recorder) {}

 protected:
  void emitDiagnosticMessage(clang::FullSourceLoc location, clang::PresumedLoc presumed,
                             clang::DiagnosticsEngine::Level level, llvm::StringRef message,
                             llvm::ArrayRef<clang::CharSourceRange> /*ranges*/,
                             clang::DiagOrStoredDiag /*info*/) override {
    last_ = recorder_.record(level, message.str());
    if (last_) set_place(*last_, location, presumed);
  }
  void emitDiagnosticLoc(clang::FullSourceLoc, clang::PresumedLoc, clang::DiagnosticsEngine::Level,
                         llvm::ArrayRef<clang::CharSourceRange>) override {}

  // Comes right after the message, with the ranges mapped to the file that is shown.
  void emitCodeContext(clang::FullSourceLoc location, clang::DiagnosticsEngine::Level,
                       llvm::SmallVectorImpl<clang::CharSourceRange>& ranges,
                       llvm::ArrayRef<clang::FixItHint> hints) override {
    if (!last_ || location.isInvalid()) return;
    if (last_->severity != Severity::Note) last_->fixes = fixes_of(hints, location.getManager());
    const clang::SourceManager& sources = location.getManager();
    auto [file, caret] = sources.getDecomposedLoc(location);
    for (const clang::CharSourceRange& range : ranges) {
      if (range.isInvalid()) continue;
      auto [begin_file, begin] = sources.getDecomposedLoc(sources.getExpansionLoc(range.getBegin()));
      auto [end_file, end] = sources.getDecomposedLoc(sources.getExpansionLoc(range.getEnd()));
      if (begin_file != file || end_file != file) continue;
      if (range.isTokenRange())
        end += clang::Lexer::MeasureTokenLength(sources.getExpansionLoc(range.getEnd()), sources, LangOpts);
      if (begin > caret || end <= caret) continue;
      int end_column = last_->place.column + static_cast<int>(end - caret);
      // A range that goes on in the next line is shown to the end of this one.
      if (!last_->line_text.empty())
        end_column = std::min(end_column, static_cast<int>(last_->line_text.size()) + 1);
      last_->place.end_column = std::max(last_->place.end_column, end_column);
    }
    last_ = nullptr;
  }

  void emitIncludeLocation(clang::FullSourceLoc location, clang::PresumedLoc presumed) override {
    faasc::Diagnostic note;
    note.severity = Severity::Note;
    note.message = "in a file included from here";
    note.place = {presumed.getFilename(), static_cast<int>(presumed.getLine()),
                  static_cast<int>(presumed.getColumn()), 0};
    if (location.isValid()) note.line_text = line_at(location);
    if (recorder_.include_stack_.size() < kMaxNotes) recorder_.include_stack_.push_back(std::move(note));
  }
  void emitNote(clang::FullSourceLoc location, llvm::StringRef message) override {
    faasc::Diagnostic* note = recorder_.record(clang::DiagnosticsEngine::Note, message.str());
    if (note && location.isValid()) set_place(*note, location, location.getPresumedLoc());
  }

 private:
  // What Clang is sure of, as far as each change is in one line that nothing has been expanded into.
  std::vector<Fix> fixes_of(llvm::ArrayRef<clang::FixItHint> hints,
                            const clang::SourceManager& sources) const {
    std::vector<Fix> fixes;
    for (const clang::FixItHint& hint : hints) {
      clang::CharSourceRange range = hint.RemoveRange;
      if (hint.isNull() || range.isInvalid() || hint.InsertFromRange.isValid() ||
          range.getBegin().isMacroID() || range.getEnd().isMacroID() ||
          hint.CodeToInsert.find('\n') != std::string::npos)
        return {};
      clang::PresumedLoc begin = sources.getPresumedLoc(range.getBegin());
      clang::PresumedLoc end = sources.getPresumedLoc(range.getEnd());
      if (begin.isInvalid() || end.isInvalid() || begin.getLine() != end.getLine() ||
          begin.getFileID() != end.getFileID())
        return {};
      auto end_column = end.getColumn();
      if (range.isTokenRange())
        end_column += clang::Lexer::MeasureTokenLength(range.getEnd(), sources, LangOpts);
      fixes.push_back({{begin.getFilename(), static_cast<int>(begin.getLine()),
                        static_cast<int>(begin.getColumn()), static_cast<int>(end_column)},
                       hint.CodeToInsert});
    }
    return fixes;
  }

  static void set_place(faasc::Diagnostic& diagnostic, clang::FullSourceLoc location,
                        clang::PresumedLoc presumed) {
    if (presumed.isInvalid()) return;
    diagnostic.place = {presumed.getFilename(), static_cast<int>(presumed.getLine()),
                        static_cast<int>(presumed.getColumn()), 0};
    diagnostic.line_text = line_at(location);
  }

  DiagnosticRecorder& recorder_;
  faasc::Diagnostic* last_ = nullptr;
};

DiagnosticRecorder::DiagnosticRecorder() = default;
DiagnosticRecorder::~DiagnosticRecorder() = default;

void DiagnosticRecorder::BeginSourceFile(const clang::LangOptions& options, const clang::Preprocessor*) {
  renderer_ = std::make_unique<Renderer>(*this, options);
}

void DiagnosticRecorder::EndSourceFile() {
  renderer_.reset();
}

void DiagnosticRecorder::HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                                          const clang::Diagnostic& info) {
  DiagnosticConsumer::HandleDiagnostic(level, info);
  llvm::SmallString<256> message;
  info.FormatDiagnostic(message);
  message += option_suffix(level, info);
  if (renderer_ && info.hasSourceManager() && info.getLocation().isValid()) {
    renderer_->emitDiagnostic(clang::FullSourceLoc(info.getLocation(), info.getSourceManager()), level,
                              message, info.getRanges(), info.getFixItHints(), &info);
  } else {
    record(level, message.str().str());
  }
}

// The returned pointer is good until the next call.
faasc::Diagnostic* DiagnosticRecorder::record(clang::DiagnosticsEngine::Level level, std::string message) {
  if (message.size() > kMaxMessageBytes) message.resize(kMaxMessageBytes), message += "…";
  faasc::Diagnostic diagnostic;
  diagnostic.severity = to_severity(level);
  diagnostic.message = std::move(message);
  if (diagnostic.severity == Severity::Note) {
    if (last_was_dropped_ || kept_.empty() || kept_.back().notes.size() >= kMaxNotes) return nullptr;
    kept_.back().notes.push_back(std::move(diagnostic));
    return &kept_.back().notes.back();
  }
  diagnostic.notes = std::exchange(include_stack_, {});
  bool is_error = diagnostic.severity == Severity::Error;
  int count = is_error ? ++errors_ : ++warnings_;
  // What ends the compilation is kept in any case.
  last_was_dropped_ =
      count > (is_error ? kMaxErrors : kMaxWarnings) && level != clang::DiagnosticsEngine::Fatal;
  if (last_was_dropped_) return nullptr;
  kept_.push_back(std::move(diagnostic));
  return &kept_.back();
}

std::vector<faasc::Diagnostic> DiagnosticRecorder::take() {
  // As severe as what it stands for, so that it is told wherever that is.
  auto tell = [&](int count, int shown, Severity severity, const std::string& noun) {
    if (count <= shown) return;
    faasc::Diagnostic more;
    more.severity = severity;
    more.message = std::to_string(count - shown) + " more " + noun +
                   (count - shown == 1 ? " is not shown" : "s are not shown");
    kept_.push_back(std::move(more));
  };
  tell(std::exchange(errors_, 0), kMaxErrors, Severity::Error, "error");
  tell(std::exchange(warnings_, 0), kMaxWarnings, Severity::Warning, "warning");
  return std::exchange(kept_, {});
}

}  // namespace faasc::cpp
