#pragma once

#include <memory>
#include <vector>

#include <clang/Basic/Diagnostic.h>

#include "base/diagnostics.h"

namespace faasc::cpp {

/// Keeps what Clang has to say as data: its wording, places, ranges and notes. Bounded, whatever the source
/// does: the diagnostics beyond the limits are counted, not kept.
class DiagnosticRecorder : public clang::DiagnosticConsumer {
 public:
  DiagnosticRecorder();
  ~DiagnosticRecorder() override;

  void BeginSourceFile(const clang::LangOptions& options, const clang::Preprocessor* preprocessor) override;
  void EndSourceFile() override;
  void HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info) override;

  std::vector<faasc::Diagnostic> take();

 private:
  class Renderer;
  friend class Renderer;
  faasc::Diagnostic* record(clang::DiagnosticsEngine::Level level, std::string message);

  std::vector<faasc::Diagnostic> kept_;
  std::vector<faasc::Diagnostic> include_stack_;  // belongs to the diagnostic that comes next
  bool last_was_dropped_ = false;
  int errors_ = 0, warnings_ = 0;  // also those that were not kept
  std::unique_ptr<Renderer> renderer_;
};

}  // namespace faasc::cpp
