#include <nlohmann/json.hpp>

#include "compiler/driver/reports/reports.h"

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;

std::string_view severity_name(Severity severity) {
  return severity == Severity::Error ? "error" : severity == Severity::Warning ? "warning" : "note";
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void add_place(Json& json, const SourcePlace& place) {
  if (!place.file.empty()) json["file"] = place.file;
  if (place.line == 0) return;
  json["line"] = place.line;
  if (place.column == 0) return;
  json["column"] = place.column;
  json["endLine"] = place.line;
  json["endColumn"] = place.end_column > 0 ? place.end_column : place.column + 1;
}

}  // namespace

Diagnostic as_diagnostic(const Error& error) {
  Diagnostic diagnostic{.code = error.code, .message = error.what, .hint = error.hint};
  for (const std::string& step : error.during) {
    diagnostic.notes.push_back(Diagnostic{.severity = Severity::Note, .message = "while " + step});
  }
  return diagnostic;
}

std::string to_json_line(const Diagnostic& diagnostic) {
  Json json{{"schema", "faasc.diag/1"},
            {"severity", severity_name(diagnostic.severity)},
            {"code", diagnostic.code},
            {"message", diagnostic.message}};
  add_place(json, diagnostic.place);
  if (!diagnostic.hint.empty()) json["hint"] = diagnostic.hint;
  Json& notes = json["notes"] = Json::array();
  for (const Diagnostic& note : diagnostic.notes) {
    Json entry{{"message", note.message}};
    add_place(entry, note.place);
    notes.push_back(std::move(entry));
  }
  for (const Fix& fix : diagnostic.fixes) {
    Json range = Json::object();
    add_place(range, fix.place);
    if (fix.place.end_column > 0) range["endColumn"] = fix.place.end_column;
    json["fixits"].push_back({{"range", std::move(range)}, {"text", fix.text}});
  }
  return dump(json) + "\n";
}

std::string to_json_result(bool ok, const std::map<std::string, std::string>& values) {
  Json json{{"schema", "faasc.result/1"}, {"ok", ok}};
  for (const auto& [name, text] : values) json[name] = Json::parse(text, nullptr, false);
  return dump(json) + "\n";
}

}  // namespace faasc
