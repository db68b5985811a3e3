#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

/// A place in a text file. Lines and columns count from 1; columns count bytes. 0 means "not known".
struct SourcePlace {
  std::string file;  ///< as the user would type it
  int line = 0;
  int column = 0;
  int end_column = 0;  ///< one past the last byte on the same line; 0 = a single caret
};

enum class Severity : std::uint8_t { Error, Warning, Note };

/// A change that mends what a finding is about: in the line that `place` names, what stands from `column` up
/// to `end_column` (the same: nothing) becomes `text`.
struct Fix {
  SourcePlace place;
  std::string text;
};

/// One finding about the user's input.
struct Diagnostic {
  Severity severity = Severity::Error;
  std::string code;     ///< "FAASC0120"; empty for another tool's message, whose text already says all
  std::string message;  ///< lower case, no full stop
  SourcePlace place;
  std::string line_text;  ///< the source line, shown above the caret where it is known
  std::string hint;       ///< the way out
  std::vector<Diagnostic> notes;
  std::vector<Fix> fixes = {};  ///< to be applied together, by a tool that does not understand them
};

/// Collects findings, so that one run shows them all. `Result` is for operations, this is for complaints
/// about input.
class Diagnostics {
 public:
  void add(Diagnostic diagnostic);
  const std::vector<Diagnostic>& all() const { return all_; }
  int error_count() const { return error_count_; }
  bool has_errors() const { return error_count_ > 0; }

 private:
  std::vector<Diagnostic> all_;
  int error_count_ = 0;
};

enum class Color : std::uint8_t { Off, On };

/// Clang's shape: "faas.yaml:7:11: error: … [FAASC0120]", the line, a caret, what a fix puts there (or dashes
/// below what it takes away), "hint: …", then the notes. Control characters other than tab are replaced. Ends
/// with a newline.
std::string to_text(const Diagnostic& diagnostic, Color color);

/// "faasc: error: … [FAASC0602]", one "  | …" line per line of the excerpt, one "  while …" line per step, "
/// hint: …". Ends with a newline.
std::string to_text(const Error& error, Color color);

/// The candidate nearest to `word` by edit distance, or empty where none is near enough to be what was meant.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace faasc
