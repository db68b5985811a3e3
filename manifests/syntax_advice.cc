#include "manifests/syntax_advice.h"

#include <algorithm>
#include <vector>

namespace faasc {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

// Whether a line with `indent` spaces continues one of the levels that are open at the end of `before`, or
// opens one.
bool indentation_fits(std::string_view before, std::size_t indent) {
  std::vector<std::size_t> open;
  while (!before.empty()) {
    std::size_t end = before.find('\n');
    std::string_view line = before.substr(0, end);
    before.remove_prefix(end == kNowhere ? before.size() : end + 1);
    std::size_t spaces = line.find_first_not_of(' ');
    if (spaces == kNowhere || line[spaces] == '#' || line[spaces] == '\r') continue;
    while (!open.empty() && open.back() > spaces) open.pop_back();
    if (open.empty() || open.back() < spaces) open.push_back(spaces);
  }
  return open.empty() || indent > open.back() || std::find(open.begin(), open.end(), indent) != open.end();
}

// The quote or bracket that is opened but never closed, as far as one can tell without parsing; of several
// the last, which is the one that swallowed the rest.
std::size_t find_unclosed(std::string_view text) {
  std::vector<std::size_t> brackets;
  char quote = '\0';
  std::size_t quote_start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    char before = i == 0 ? '\n' : text[i - 1];
    if (quote != '\0') {
      if (c == '\\' && quote == '"') {
        ++i;
      } else if (c == quote && quote == '\'' && i + 1 < text.size() && text[i + 1] == '\'') {
        ++i;
      } else if (c == quote) {
        quote = '\0';
      }
      continue;
    }
    bool begins = std::string_view(" \t\n\r[{,:-").find(before) != kNowhere;
    if (c == '#' && (before == ' ' || before == '\t' || before == '\n')) {
      while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
    } else if ((c == '"' || c == '\'') && begins) {
      quote = c;
      quote_start = i;
    } else if ((c == '[' || c == '{') && (begins || !brackets.empty())) {
      brackets.push_back(i);
    } else if ((c == ']' || c == '}') && !brackets.empty()) {
      brackets.pop_back();
    }
  }
  if (quote != '\0') return quote_start;
  return brackets.empty() ? kNowhere : brackets.back();
}

std::string_view line_at(std::string_view text, std::size_t start) {
  return text.substr(start, std::min(text.find('\n', start), text.size()) - start);
}

// The last line above `line_start` that has something on it, and where it begins.
std::string_view line_above(std::string_view text, std::size_t line_start, std::size_t& start) {
  while (line_start > 0) {
    std::size_t end = line_start - 1;
    start = end == 0 ? 0 : text.rfind('\n', end - 1) + 1;
    std::string_view line = text.substr(start, end - start);
    std::size_t first = line.find_first_not_of(" \t\r");
    if (first != kNowhere && line[first] != '#') return line;
    line_start = start;
  }
  return {};
}

SyntaxAdvice explain_end_of_file(std::string_view text) {
  std::size_t opened = find_unclosed(text);
  // A tag swallows the bracket that follows it.
  for (std::size_t bang = text.find('!'); opened == kNowhere && bang != kNowhere;
       bang = text.find('!', bang + 1)) {
    std::size_t before = bang == 0 ? kNowhere : text.find_last_not_of(' ', bang - 1);
    if (before != kNowhere && (text[before] == '[' || text[before] == ','))
      return {"text that begins with '!' means something else to YAML", bang, bang + 1, "put it in quotes"};
  }
  if (opened == kNowhere) {
    return {"the file ends in the middle of a value", text.size(), text.size(),
            "look for a quote, '[' or '{' that is never closed"};
  }
  char c = text[opened];
  if (c == '"' || c == '\'')
    return {std::string("this ") + c + " is never closed", opened, opened + 1,
            std::string("add a ") + c + " where the text ends"};
  return {std::string("this '") + c + "' is never closed", opened, opened + 1,
          std::string("add a '") + (c == '[' ? ']' : '}') + "' where it ends"};
}

}  // namespace

std::size_t find_conflict_mark(std::string_view text) {
  for (std::size_t start = 0; start < text.size();) {
    std::string_view line = line_at(text, start);
    if (line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ")) return start;
    start += line.size() + 1;
  }
  return kNowhere;
}

SyntaxAdvice explain_syntax_error(std::string_view text, std::size_t offset, std::string_view said) {
  std::size_t line_start = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
  std::string_view line = line_at(text, line_start), before = text.substr(line_start, offset - line_start);
  char at = offset < text.size() ? text[offset] : '\0';
  auto at_offset = [&](std::string message, std::string hint) {
    return SyntaxAdvice{std::move(message), offset, offset + 1, std::move(hint)};
  };

  if (at == '@' || at == '`' || at == '%') {
    return at_offset(std::string("a plain value cannot begin with '") + at + "'", "put the value in quotes");
  }
  if (said.find("escape code") != kNowhere) {
    return {std::string("unknown escape '\\") + at + "'", offset - 1, offset + 1,
            "write '\\\\' for a backslash, or put the text in single quotes"};
  }
  std::size_t indent_end = std::min(line.find_first_not_of(" \t"), line.size());
  std::size_t tab = line.substr(0, indent_end).find('\t');
  if (tab != kNowhere && indent_end < line.size()) {
    return {"a tab in the indentation", line_start + tab, line_start + tab + 1,
            "YAML is indented with spaces only"};
  }
  if (said.find("implicit key") != kNowhere) {
    return at_offset("this line should be 'key: value', but has no ': '",
                     "write a space after the colon, and put text of several lines in quotes");
  }
  if (text.find_first_not_of(" \t\r\n", offset) == kNowhere) return explain_end_of_file(text);

  std::size_t word = line_start + line.find_first_not_of(' ');
  std::size_t above_start = 0;
  std::string_view above = line_above(text, line_start, above_start);
  std::size_t above_indent = std::min(above.find_first_not_of(' '), above.size());
  std::string_view above_text = above.substr(above_indent);
  if (above_text.size() > 1 && above_text[0] == '-' && above_text[1] != ' ' && above_text[1] != '-' &&
      above_text.find(": ") != kNowhere) {
    return {"a dash with no space after it does not begin an item", above_start + above_indent,
            above_start + above_indent + 1,
            "write '- " + std::string(above_text.substr(1, above_text.find(':'))) + " …'"};
  }
  if (at == ':' && before.find(": ") != kNowhere) {
    bool curly = line.find("\xE2\x80\x9C") != kNowhere || line.find("\xE2\x80\x98") != kNowhere;
    return at_offset("a second ': ' on one line",
                     curly ? "put the value in straight quotes: curly ones mean nothing to YAML"
                           : "put a value that contains ': ' in quotes, and every key on a line of its own");
  }
  std::size_t colon = above_text.find(": ");
  if (at == ':' && word - line_start > above_indent && colon != kNowhere && above_text[0] != '-' &&
      above_text.find_first_not_of(" \r", colon + 1) != kNowhere) {
    return {"this line is indented deeper than '" +
                std::string(above_text.substr(0, std::min<std::size_t>(colon, 40))) +
                "' above, which has a value already",
            word, word + 1, "indent it like the keys it belongs with"};
  }
  if (!indentation_fits(text.substr(0, line_start), word - line_start))
    return {"this line is indented like none above", word, word + 1,
            "indent it like the line it belongs with"};
  return at_offset("this does not fit in here",
                   "check the indentation of this line against the lines above, and that quotes, '[' and '{' "
                   "are closed");
}

}  // namespace faasc
