#include "manifests/advice.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "manifests/quantity.h"
#include "manifests/utf8.h"

namespace faasc {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower;
  for (char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the number at the front of the text, and the spaces after it.
bool take_number(std::string_view& text, double& number) {
  if (text.empty() || !is_digit(text.front())) return false;
  auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || number > 1e9) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  while (text.starts_with(' ')) text.remove_prefix(1);
  return true;
}

// The name of the first character that looks like a space and is none; empty where there is none.
std::string false_space_in(std::string_view text) {
  while (!text.empty()) {
    auto [character, length] = first_code_point(text);
    if (is_false_space(character)) return code_point_name(character);
    text.remove_prefix(length);
  }
  return "";
}

}  // namespace

std::string meant_quantity(std::string_view text) {
  double number = 0;
  if (!take_number(text, number)) return "";
  std::string unit = lower_case(text);
  double factor = unit == "k" || unit == "kb" || unit == "kib" || unit == "ki"                          ? 1
                  : unit == "m" || unit == "mb" || unit == "mib" || unit == "mi" || unit == "megabytes" ? 1024
                  : unit == "g" || unit == "gb" || unit == "gib" || unit == "gi" || unit == "gigabytes"
                      ? 1024 * 1024
                      : 0;
  double kibibytes = std::ceil(number * factor);
  if (kibibytes < 1) return "";
  return quantity_text(static_cast<std::uint64_t>(kibibytes) * 1024);
}

std::string meant_duration(std::string_view text) {
  double sum = 0;
  while (!text.empty()) {
    double number = 0;
    if (!take_number(text, number)) return "";
    std::size_t end = 0;
    while (end < text.size() && !is_digit(text[end]) && text[end] != ' ') ++end;
    std::string unit = lower_case(text.substr(0, end));
    text.remove_prefix(end);
    while (text.starts_with(' ')) text.remove_prefix(1);
    double factor =
        unit == "ms" || unit == "msec" || unit == "millis" || unit == "milliseconds"              ? 1
        : unit == "s" || unit == "sec" || unit == "secs" || unit == "second" || unit == "seconds" ? 1e3
        : unit == "m" || unit == "min" || unit == "mins" || unit == "minute" || unit == "minutes" ? 6e4
        : unit == "h" || unit == "hr" || unit == "hour" || unit == "hours"                        ? 3.6e6
                                                                                                  : 0;
    if (factor == 0) return "";
    sum += number * factor;
  }
  return sum < 1 ? "" : duration_text(std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(sum))));
}

std::string meant_runtime(std::string_view text) {
  struct Spelling {
    std::string_view written, meant;
  };
  constexpr Spelling kSpellings[] = {{"c++", "cpp"},   {"cpp", "cpp"}, {"cxx", "cpp"},  {"python", "python"},
                                     {"golang", "go"}, {"go", "go"},   {"py", "python"}};
  std::string lower = lower_case(text);
  for (const Spelling& one : kSpellings) {
    if (!lower.starts_with(one.written)) continue;
    std::string_view version = std::string_view(lower).substr(one.written.size());
    while (!version.empty() && (version.front() == ' ' || version.front() == '-' || version.front() == '@' ||
                                version.front() == ':' || version.front() == '='))
      version.remove_prefix(1);
    if (version.empty()) return std::string(one.meant);
    // "go1.x" is what Lambda called it.
    if (version.ends_with(".x") || version == "3") return std::string(one.meant);
    if (version.find_first_not_of("0123456789.") != std::string_view::npos) continue;
    return std::string(one.meant) + ":" + std::string(version);
  }
  for (std::string_view other : {"rust", "node", "elf", "ruby", "php", "dotnet", "java"}) {
    if (lower.starts_with(other)) return "binary";
  }
  return "";
}

std::string_view meant_key(std::string_view name) {
  struct OtherKey {
    std::string_view name, meant;
  };
  // Of SAM, Serverless, Knative, OpenFaaS, Kubernetes, Compose and OPS; in lower case, without '_' and '-'.
  constexpr OtherKey kKeys[] = {
      {"args", "'args' in the first column"},
      {"cmd", "'handler', and 'args' for a program's arguments"},
      {"codeuri", "'source'"},
      {"command", "'handler', and 'args' for a program's arguments"},
      {"cpu", "'resources.vcpus'"},
      {"cpus", "'resources.vcpus'"},
      {"dependencies", "'build.python.requirements'"},
      {"entrypoint", "'handler'"},
      {"environment", "'env'"},
      {"environmentvariables", "'env'"},
      {"envs", "'env'"},
      {"ephemeralstorage", "'resources.ephemeral_storage'"},
      {"fprocess", "'handler'"},
      {"functionname", "'name'"},
      {"invoke", "'signature'"},
      {"lang", "'runtime'"},
      {"language", "'runtime'"},
      {"main", "'handler'"},
      {"memory", "'resources.memory'"},
      {"memorysize", "'resources.memory'"},
      {"port", "'http.port'"},
      {"ports", "'http.port'"},
      {"program", "'handler', with 'runtime: binary'"},
      {"requirements", "'build.python.requirements'"},
      {"timeout", "'limits.timeout'"},
      {"variables", "'env'"},
      {"vcpu", "'resources.vcpus'"},
      {"volumes", "'mounts'"},
  };
  std::string plain;
  for (char c : lower_case(name)) {
    if (c != '_' && c != '-') plain += c;
  }
  for (const OtherKey& key : kKeys) {
    if (plain == key.name) return key.meant;
  }
  constexpr std::string_view kForeign[] = {
      "kind",      "metadata",  "spec",      "service",     "provider",      "services",
      "resources", "functions", "transform", "specversion", "schemaversion", "awstemplateformatversion"};
  for (std::string_view foreign : kForeign) {
    if (plain == foreign) return "another tool's file: see 'faasc help init' for --from";
  }
  return "";
}

bool in_curly_quotes(const YamlNode& node) {
  if (node.quoted) return false;
  for (std::string_view mark : {"“", "”", "„", "‘", "’", "«"}) {
    if (node.text.starts_with(mark)) return true;
  }
  return false;
}

std::string advice_on_key(const YamlNode& name, const std::vector<std::string_view>& names,
                          const SourceText& source) {
  const std::string& text = name.text;
  if (std::string character = false_space_in(text); !character.empty())
    return "it contains a character that only looks like a space (" + character + "): type it anew";
  if (text.starts_with("//") || text.starts_with("/*")) return "comments begin with '#'";
  if (text.starts_with('-') && text.size() > 1 && text[1] != ' ')
    return "write a space after the dash: '- " + text.substr(1) + ": …'";
  std::string_view line = source.text().substr(source.offset_of_line(name.place.line));
  if (text.ends_with('\'') && name.place.column > 1 &&
      line.substr(0, static_cast<std::size_t>(name.place.column) - 1).ends_with('\''))
    return "within '…', a ' is written twice: 'it''s'";
  std::string before_colon = text.substr(0, text.find(':'));
  if (before_colon != text && std::find(names.begin(), names.end(), before_colon) != names.end()) {
    return "write a space after the colon: '" + before_colon + ": " + text.substr(before_colon.size() + 1) +
           "'";
  }
  return "";
}

std::string advice_on_type(const YamlNode& node, const Key& key) {
  bool scalar = node.kind == YamlNode::Kind::Scalar;
  std::string meant = !scalar                      ? ""
                      : key.form == Form::Quantity ? meant_quantity(node.text)
                      : key.form == Form::Duration ? meant_duration(node.text)
                                                   : "";
  if (!meant.empty()) return "write '" + meant + "'";
  if (scalar && key.name == "port" && node.text.find(':') != std::string::npos)
    return "write the port that the function serves; which port of the host leads to it is for 'faasc run "
           "-p' to say";
  if (key.form == Form::Text && !scalar) {
    if (key.name == "body") return "put it in quotes, or use body_json in what is expected";
    return "write one word or text after the colon";
  }
  if (key.form == Form::TextMap) {
    // NAME=value, or Kubernetes' pairs of name and value.
    const YamlNode* first =
        node.kind == YamlNode::Kind::Sequence && !node.items.empty() ? &node.items[0] : &node;
    std::size_t equals = first->text.find('=');
    const YamlNode* name = first->find("name");
    if (equals != std::string::npos && equals > 0 && first->text.find(' ') > equals) {
      std::string rest = first->text.substr(equals + 1);
      return "write '" + first->text.substr(0, equals) + ": " + rest.substr(0, rest.find(' ')) +
             "' below it, indented";
    }
    if (name != nullptr && first->find("value") != nullptr)
      return "write '" + name->text + ": " + first->find("value")->text +
             "' below it, indented, without the dash";
  }
  return "";
}

}  // namespace faasc
