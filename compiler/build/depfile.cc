#include "compiler/build/depfile.h"

namespace faasc {

std::string make_quoted(std::string_view text) {
  std::string out;
  std::size_t backslashes = 0;
  for (char c : text) {
    if (c == ' ' || c == '#' || c == ':') {
      out.append(backslashes + 1, '\\');
    } else if (c == '$') {
      out += '$';
    }
    backslashes = c == '\\' ? backslashes + 1 : 0;
    out += c;
  }
  return out;
}

std::string depfile_text(const std::vector<std::string>& targets,
                         const std::vector<std::string>& prerequisites, bool phony) {
  std::string rule, rules;
  for (const std::string& target : targets) rule.append(rule.empty() ? "" : " ").append(target);
  rule += ":";
  for (const std::string& file : prerequisites) {
    if (file.find_first_of("\n;") != std::string::npos) continue;
    std::string quoted = make_quoted(file);
    rule.append(" \\\n  ").append(quoted);
    if (phony) rules.append(quoted).append(":\n");
  }
  return rule + "\n" + rules;
}

}  // namespace faasc
