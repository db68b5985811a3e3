#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"

namespace faasc {

/// A text whose offsets can be told as lines and columns. Refers to the text; does not own it.
class SourceText {
 public:
  SourceText(std::string_view text, std::string file);

  std::string_view text() const { return text_; }
  const std::string& file() const { return file_; }

  /// The place of the bytes [start, end); offsets past the end of the text mean its end.
  SourcePlace place(std::size_t start, std::size_t end) const;
  /// Where a line begins; the end of the text where there is no such line.
  std::size_t offset_of_line(int number) const;
  /// The line without its end; empty where there is no such line, or where it is too long to be shown.
  std::string line(int number) const;

 private:
  std::string_view text_;
  std::string file_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace faasc
