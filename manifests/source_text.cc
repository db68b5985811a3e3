#include "manifests/source_text.h"

#include <algorithm>

namespace faasc {

// JSON on a single line would otherwise fill the terminal with every finding.
static constexpr std::size_t kLongestShownLine = 300;

SourceText::SourceText(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

SourcePlace SourceText::place(std::size_t start, std::size_t end) const {
  start = std::min(start, text_.size());
  end = std::clamp(end, start, text_.size());
  auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), start);
  SourcePlace place{.file = file_, .line = static_cast<int>(after - line_starts_.begin())};
  std::size_t line_start = *(after - 1);
  std::size_t line_end = after == line_starts_.end() ? text_.size() : *after - 1;
  place.column = static_cast<int>(start - line_start) + 1;
  end = std::min(end, line_end);
  if (end > start + 1) place.end_column = static_cast<int>(end - line_start) + 1;
  return place;
}

std::size_t SourceText::offset_of_line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > line_starts_.size()) return text_.size();
  return line_starts_[static_cast<std::size_t>(number - 1)];
}

std::string SourceText::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > line_starts_.size()) return "";
  auto index = static_cast<std::size_t>(number - 1);
  std::size_t start = line_starts_[index];
  std::size_t end = index + 1 < line_starts_.size() ? line_starts_[index + 1] - 1 : text_.size();
  std::string_view line = text_.substr(start, end - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line.size() > kLongestShownLine ? "" : std::string(line);
}

}  // namespace faasc
