#include "base/diagnostics.h"

#include <algorithm>
#include <array>

namespace faasc {
namespace {

struct Paint {
  std::string_view bold, red, magenta, cyan, green, reset;
};
constexpr Paint kNoPaint{};
constexpr Paint kPaint{"\x1b[1m", "\x1b[1;31m", "\x1b[1;35m", "\x1b[1;36m", "\x1b[1;32m", "\x1b[0m"};

const Paint& paint_for(Color color) {
  return color == Color::On ? kPaint : kNoPaint;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    out += control ? '?' : c;
  }
  return out;
}

void append_labelled(std::string& out, Severity severity, const Paint& paint) {
  switch (severity) {
    case Severity::Error:
      out.append(paint.red).append("error: ");
      break;
    case Severity::Warning:
      out.append(paint.magenta).append("warning: ");
      break;
    case Severity::Note:
      out.append(paint.cyan).append("note: ");
      break;
  }
  out.append(paint.reset);
}

// The caret line repeats the source line's tabs, so that it lines up at any tab width.
std::string space_up_to(int column, std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i + 1 < static_cast<std::size_t>(column); ++i) {
    bool in_line = i < line.size();
    // A UTF-8 continuation byte takes no column of its own on a terminal.
    if (in_line && (static_cast<unsigned char>(line[i]) & 0xC0) == 0x80) continue;
    out += in_line && line[i] == '\t' ? '\t' : ' ';
  }
  return out;
}

std::string caret_line(const Diagnostic& diagnostic) {
  std::string out = space_up_to(diagnostic.place.column, diagnostic.line_text) + '^';
  for (int column = diagnostic.place.column + 1; column < diagnostic.place.end_column; ++column) {
    auto index = static_cast<std::size_t>(column - 1);
    if (index >= diagnostic.line_text.size()) break;
    if ((static_cast<unsigned char>(diagnostic.line_text[index]) & 0xC0) == 0x80) continue;
    out += '~';
  }
  return out;
}

// Empty where no fix can be shown in the line.
std::string fix_line(const Diagnostic& diagnostic) {
  std::string out;
  for (const Fix& fix : diagnostic.fixes) {
    const SourcePlace& place = fix.place;
    if (place.line != diagnostic.place.line || place.file != diagnostic.place.file || place.column <= 0)
      continue;
    std::string space = space_up_to(place.column, diagnostic.line_text);
    if (space.size() < out.size() || fix.text.find('\n') != std::string::npos) continue;
    out += space.substr(out.size());
    out += fix.text.empty()
               ? std::string(static_cast<std::size_t>(std::max(place.end_column - place.column, 0)), '-')
               : fix.text;
  }
  return out;
}

}  // namespace

void Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::Error) ++error_count_;
  all_.push_back(std::move(diagnostic));
}

std::string to_text(const Diagnostic& diagnostic, Color color) {
  const Paint& paint = paint_for(color);
  std::string out;
  out.append(paint.bold);
  if (diagnostic.place.file.empty()) {
    out.append("faasc: ");
  } else {
    out.append(printable(diagnostic.place.file)).append(":");
    if (diagnostic.place.line > 0) out.append(std::to_string(diagnostic.place.line)).append(":");
    if (diagnostic.place.column > 0) out.append(std::to_string(diagnostic.place.column)).append(":");
    out.append(" ");
  }
  out.append(paint.reset);
  append_labelled(out, diagnostic.severity, paint);
  out.append(paint.bold).append(printable(diagnostic.message)).append(paint.reset);
  if (!diagnostic.code.empty()) out.append(" [").append(diagnostic.code).append("]");
  out.append("\n");
  if (!diagnostic.line_text.empty() && diagnostic.place.column > 0) {
    out.append(printable(diagnostic.line_text)).append("\n");
    out.append(paint.green).append(caret_line(diagnostic)).append(paint.reset).append("\n");
    if (std::string fix = fix_line(diagnostic); !fix.empty())
      out.append(paint.green).append(printable(fix)).append(paint.reset).append("\n");
  }
  if (!diagnostic.hint.empty()) out.append("  hint: ").append(printable(diagnostic.hint)).append("\n");
  for (const Diagnostic& note : diagnostic.notes) out.append(to_text(note, color));
  return out;
}

std::string to_text(const Error& error, Color color) {
  const Paint& paint = paint_for(color);
  std::string out;
  out.append(paint.bold).append("faasc: ").append(paint.reset);
  append_labelled(out, Severity::Error, paint);
  out.append(paint.bold).append(error.what).append(paint.reset);
  if (!error.code.empty()) out.append(" [").append(error.code).append("]");
  out.append("\n");
  for (const std::string& line : error.excerpt) out.append("  | ").append(printable(line)).append("\n");
  for (const std::string& step : error.during) out.append("  while ").append(step).append("\n");
  if (!error.hint.empty()) out.append("  hint: ").append(error.hint).append("\n");
  return out;
}

namespace {

// Insertions, deletions, substitutions and swaps of neighbours count 1 each: slips of the fingers.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({row[j - 1] + 1, last[j] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  // A third of the word may differ: "memroy" is near "memory", "cpu" is not near "env".
  std::size_t allowed = std::max<std::size_t>(1, word.size() / 3);
  std::string_view best;
  std::size_t best_distance = allowed + 1;
  for (std::string_view candidate : candidates) {
    if (candidate.size() > word.size() + allowed || word.size() > candidate.size() + allowed) continue;
    std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace faasc
