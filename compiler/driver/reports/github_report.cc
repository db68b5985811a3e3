#include <nlohmann/json.hpp>

#include "compiler/driver/reports/reports.h"

namespace faasc {
namespace {

// Workflow commands end at a line end, and their properties at ':' and ','.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      case ':':
        out += property ? "%3A" : ":";
        break;
      case ',':
        out += property ? "%2C" : ",";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string_view command_name(Severity severity) {
  return severity == Severity::Error ? "error" : severity == Severity::Warning ? "warning" : "notice";
}

std::string in_table(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '|' || c == '\\' || c == '<' || c == '`') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

}  // namespace

std::string to_github(const Diagnostic& diagnostic) {
  std::string out = "::" + std::string(command_name(diagnostic.severity)), properties;
  auto add = [&](std::string_view name, std::string_view value) {
    properties.append(properties.empty() ? " " : ",").append(name).append("=").append(escaped(value, true));
  };
  const SourcePlace& place = diagnostic.place;
  if (!place.file.empty()) add("file", place.file);
  if (place.line > 0) {
    add("line", std::to_string(place.line));
    add("endLine", std::to_string(place.line));
    if (place.column > 0) {
      add("col", std::to_string(place.column));
      add("endColumn", std::to_string(place.end_column > 0 ? place.end_column : place.column + 1));
    }
  }
  if (!diagnostic.code.empty()) add("title", diagnostic.code);
  std::string message = diagnostic.message;
  if (!diagnostic.hint.empty()) message += "\nhint: " + diagnostic.hint;
  out.append(properties).append("::").append(escaped(message, false)).append("\n");
  for (const Diagnostic& note : diagnostic.notes) {
    out += to_github(note);
  }
  return out;
}

std::string to_github_summary(const std::vector<Diagnostic>& diagnostics) {
  if (diagnostics.empty()) return "";
  std::string out = "### faasc\n\n| | Place | Message | Code |\n|---|---|---|---|\n";
  for (const Diagnostic& diagnostic : diagnostics) {
    std::string place = in_table(diagnostic.place.file);
    if (diagnostic.place.line > 0) place += ":" + std::to_string(diagnostic.place.line);
    out.append("| ").append(command_name(diagnostic.severity)).append(" | ").append(place).append(" | ");
    out.append(in_table(diagnostic.message)).append(" | ").append(diagnostic.code).append(" |\n");
  }
  return out + "\n";
}

std::string to_github_outputs(const std::map<std::string, std::string>& values) {
  std::string out;
  for (const char* name : {"image", "sha256"}) {
    auto found = values.find(name);
    if (found == values.end()) continue;
    auto text = nlohmann::json::parse(found->second, nullptr, /*allow_exceptions=*/false);
    // A line end would begin another output.
    if (text.is_string() && text.get<std::string>().find('\n') == std::string::npos)
      out += std::string(name) + "=" + text.get<std::string>() + "\n";
  }
  return out;
}

}  // namespace faasc
