#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "base/sha256.h"
#include "compiler/driver/explain/pages.h"
#include "compiler/driver/reports/reports.h"
#include "compiler/driver/version.h"

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;

// 1-based column in code points of the byte that is 1-based `column` in `line`.
int code_point_column(std::string_view line, int column) {
  if (line.empty()) return column;
  int points = 1;
  for (int i = 0; i < column - 1; ++i) {
    auto index = static_cast<std::size_t>(i);
    if (index >= line.size() || (static_cast<unsigned char>(line[index]) & 0xC0) != 0x80) ++points;
  }
  return points;
}

// A relative path as the URI reference it is; RFC 3986 leaves these characters alone in a path.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/!$&'()*+,;=@";
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  if (path.starts_with('/')) out = "file://";
  while (path.starts_with("./")) path.remove_prefix(2);
  for (char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      auto byte = static_cast<unsigned char>(c);
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

Json location_of(const Diagnostic& diagnostic) {
  const SourcePlace& place = diagnostic.place;
  Json artifact{{"uri", uri_of(place.file)}};
  if (!place.file.starts_with('/')) artifact["uriBaseId"] = "SRCROOT";
  Json physical{{"artifactLocation", std::move(artifact)}};
  if (place.line > 0) {
    Json& region = physical["region"] = Json{{"startLine", place.line}};
    if (place.column > 0) {
      int end = place.end_column > 0 ? place.end_column : place.column + 1;
      region["startColumn"] = code_point_column(diagnostic.line_text, place.column);
      region["endLine"] = place.line;
      region["endColumn"] = code_point_column(diagnostic.line_text, end);
    }
  }
  return Json{{"physicalLocation", std::move(physical)}};
}

// One fix, whose changes are to be applied together, file by file.
Json fix_of(const Diagnostic& diagnostic) {
  Json changes = Json::array();
  for (const Fix& fix : diagnostic.fixes) {
    // What stands before the place in its line, where it is known: SARIF counts code points.
    bool same_line = fix.place.file == diagnostic.place.file && fix.place.line == diagnostic.place.line;
    std::string_view line = same_line ? std::string_view(diagnostic.line_text) : std::string_view();
    Json region{{"startLine", fix.place.line},
                {"startColumn", code_point_column(line, fix.place.column)},
                {"endLine", fix.place.line},
                {"endColumn", code_point_column(line, std::max(fix.place.end_column, fix.place.column))}};
    Json replacement{{"deletedRegion", std::move(region)}};
    if (!fix.text.empty()) replacement["insertedContent"] = {{"text", fix.text}};
    Json artifact{{"uri", uri_of(fix.place.file)}};
    if (!fix.place.file.starts_with('/')) artifact["uriBaseId"] = "SRCROOT";
    auto change = std::find_if(changes.begin(), changes.end(),
                               [&](const Json& other) { return other["artifactLocation"] == artifact; });
    if (change == changes.end()) {
      changes.push_back({{"artifactLocation", std::move(artifact)}, {"replacements", Json::array()}});
      change = changes.end() - 1;
    }
    (*change)["replacements"].push_back(std::move(replacement));
  }
  Json json = Json::object();
  if (!diagnostic.hint.empty()) json["description"] = {{"text", diagnostic.hint}};
  json["artifactChanges"] = std::move(changes);
  return json;
}

std::string_view level_of(Severity severity) {
  return severity == Severity::Error ? "error" : severity == Severity::Warning ? "warning" : "note";
}

}  // namespace

std::string to_sarif(const std::vector<Diagnostic>& diagnostics, bool ok) {
  std::map<std::string, std::size_t> rules;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!diagnostic.code.empty()) rules.emplace(diagnostic.code, 0);
  }
  Json rule_list = Json::array();
  for (auto& [code, index] : rules) {
    index = rule_list.size();
    Json rule{{"id", code}};
    if (const ExplainPage* page = find_page(code)) {
      rule["name"] = std::string(page->title);
      rule["shortDescription"] = {{"text", std::string(page->title)}};
      rule["fullDescription"] = {{"text", std::string(page->meaning)}};
      rule["help"] = {{"text", std::string(page->fix)}};
    }
    rule["defaultConfiguration"] = {{"level", "error"}};
    rule_list.push_back(std::move(rule));
  }

  Json results = Json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    Json result = Json::object();
    if (!diagnostic.code.empty()) {
      result["ruleId"] = diagnostic.code;
      result["ruleIndex"] = rules.at(diagnostic.code);
    }
    result["level"] = level_of(diagnostic.severity);
    std::string message = diagnostic.message;
    if (!diagnostic.hint.empty()) message += "\nhint: " + diagnostic.hint;
    result["message"] = {{"text", message}};
    if (!diagnostic.place.file.empty()) result["locations"] = Json::array({location_of(diagnostic)});
    Json related = Json::array();
    for (const Diagnostic& note : diagnostic.notes) {
      if (note.place.file.empty()) continue;
      Json location = location_of(note);
      location["message"] = {{"text", note.message}};
      related.push_back(std::move(location));
    }
    if (!related.empty()) result["relatedLocations"] = std::move(related);
    if (!diagnostic.fixes.empty()) result["fixes"] = Json::array({fix_of(diagnostic)});
    // Survives that lines are added above: what the line says, not where it is.
    std::string identity = diagnostic.code + "\n" + diagnostic.place.file + "\n" + diagnostic.line_text +
                           "\n" + diagnostic.message;
    result["partialFingerprints"] = {
        {"primaryLocationLineHash", to_hex(sha256(identity)).substr(0, 16) + ":1"}};
    results.push_back(std::move(result));
  }

  Json driver{{"name", "faasc"}, {"semanticVersion", kVersion}, {"rules", std::move(rule_list)}};
  Json run{{"tool", {{"driver", std::move(driver)}}},
           {"invocations", Json::array({Json{{"executionSuccessful", ok}}})},
           {"columnKind", "unicodeCodePoints"},
           {"results", std::move(results)}};
  Json log{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
           {"version", "2.1.0"},
           {"runs", Json::array({std::move(run)})}};
  return log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faasc
