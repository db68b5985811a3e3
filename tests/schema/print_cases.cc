// Prints small manifests, several for each key of the reader's table, and what the reader says to them, as
// JSON lines: {"path": …, "text": …, "codes": […]}. check_schema.py holds the published schema against them.

#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "manifests/json_text.h"
#include "manifests/keys.h"
#include "manifests/quantity.h"
#include "manifests/reader.h"

using namespace faasc;

namespace {

// What may be written as the value of a key, right and wrong, in one line of YAML.
std::vector<std::string> values_for(const Key& key) {
  std::vector<std::string> values = {"null", "[]", "[[]]", "{}", "{a: b}", "[{a: b}]", "\"\"", "word", "7"};
  auto add = [&](std::initializer_list<const char*> more) {
    values.insert(values.end(), more.begin(), more.end());
  };
  switch (key.form) {
    case Form::Text:
    case Form::TextList:
    case Form::TextMap:
      add({"\"two words\"", "true",    "1.5",       "-1",       "\"-1\"",  "src/a.cc",       "/srv/a",
           "../a",          "\"~/a\"", "\"a\\nb\"", "faasc/v1", "go:1.22", "binary",         "GET",
           "\"*.cc\"",      "\"[\"",   "NAME=1",    "-Wall",    "-shared", "\"${env:HOME}\""});
      if (key.form == Form::TextList)
        for (std::string& value : values) value = "[" + value + "]";
      if (key.form == Form::TextMap) {
        for (std::string& value : values) value = "{NAME: " + value + "}";
        add({"{na-me: x}", "{name: x}", "{\"\": x}", "{1: x}", "{\"a b\": x}", "{PORT: x}"});
      }
      values.insert(values.end(), {"word", "7", "[]", "{}", "null", "true"});
      break;
    case Form::Choice:
      for (std::string_view choice : key.choices) {
        values.emplace_back(choice);
        values.push_back("\"" + std::string(choice) + "\"");
      }
      add({"true", "\"\"", "[raw]", "0"});
      break;
    case Form::Boolean:
      add({"true", "false", "yes", "\"true\"", "0", "1"});
      break;
    case Form::Integer:
      for (std::int64_t number : {key.least - 1, key.least, key.most, key.most + 1})
        values.push_back(std::to_string(number));
      add({"\"7\"", "1.5", "-1", "99999999999999999999", "true"});
      break;
    case Form::Quantity:
      for (std::int64_t bytes : {key.least, key.most})
        values.push_back(quantity_text(static_cast<std::uint64_t>(bytes)));
      add({"64MiB", "64", "\"64\"", "1GiB", "512MB", "512M", "2Gi", "65536K", "0", "-1", "1.5GiB", "64 MiB",
           "64mb", "auto", "20GiB", "100TiB", "true"});
      break;
    case Form::Duration:
      for (std::int64_t time : {key.least, key.most}) values.push_back(std::to_string(time) + "ms");
      add({"30s", "30", "\"30\"", "1m", "1h", "500ms", "1m30s", "-1", "1.5s", "30 s", "30sec", "true", "0"});
      break;
    case Form::FileMode:
      add({"0644", "\"0644\"", "644", "0o644", "04755", "4755", "99", "0999", "rw", "true"});
      break;
    case Form::FreeMap:
      add({"{a: [1, {b: c}]}", "{a: null}", "{program: x}"});
      break;
    case Form::Json:
    case Form::Section:
    case Form::SectionList:
      add({"true", "[word]", "[7]", "{unknown_key: 1}", "[{unknown_key: 1}]"});
      break;
  }
  return values;
}

void print(const std::string& path, const std::string& text) {
  Diagnostics diagnostics;
  ManifestEnvironment nothing{[](std::string_view) { return std::optional<std::string>(); }};
  (void)read_manifest_text(text, "faas.yaml", diagnostics, nothing);
  std::string codes;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.severity == Severity::Error)
      codes.append(codes.empty() ? "" : ",").append(json_quoted(diagnostic.code));
  }
  std::string line =
      "{\"path\":" + json_quoted(path) + ",\"text\":" + json_quoted(text) + ",\"codes\":[" + codes + "]}\n";
  std::fwrite(line.data(), 1, line.size(), stdout);
}

// Values that are right for keys which must be there.
std::string required_but(std::span<const Key> keys, std::string_view name) {
  std::string out;
  for (const Key& key : keys) {
    if (!key.required || key.name == name) continue;
    std::string value = key.name == "apiVersion"                 ? "faasc/v1"
                        : key.name == "to" || key.name == "path" ? "/a"
                                                                 : "a";
    out.append(std::string(key.name) + ": " + value + ", ");
  }
  return out;
}

// `before` and `after` are what stands around the members of this section: "{apiVersion: faasc/v1, build: {".
void print_keys(std::span<const Key> keys, const std::string& path, const std::string& before,
                const std::string& after) {
  for (const Key& key : keys) {
    std::string name(key.name), here = path.empty() ? name : path + "." + name;
    std::string start = before + required_but(keys, key.name) + name + ": ";
    for (const std::string& value : values_for(key)) print(here, start + value + after + "\n");
    if (key.form == Form::Section) print_keys(key.members, here, start + "{", "}" + after);
    if (key.form == Form::SectionList) print_keys(key.members, here, start + "[{", "}]" + after);
    if (key.required) print(here, before + required_but(keys, key.name) + after + "\n");
  }
}

}  // namespace

int main() {
  print_keys(manifest_keys(), "", "{", "}");
}
