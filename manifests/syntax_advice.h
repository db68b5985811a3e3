#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace faasc {

/// What a mistake in the syntax of YAML probably is, and where: the bytes [start, end).
struct SyntaxAdvice {
  std::string message;
  std::size_t start = 0, end = 0;
  std::string hint;
};

/// Makes sense of a parser's error at `offset`; `said` is its own message, which is of little help.
SyntaxAdvice explain_syntax_error(std::string_view text, std::size_t offset, std::string_view said);

/// Where a version control system left both sides of a conflict: the offset of the first line that is a mark
/// of one; npos where there is none.
std::size_t find_conflict_mark(std::string_view text);

}  // namespace faasc
