#include "manifests/importers/import.h"

#include <algorithm>
#include <filesystem>

#include "manifests/codes.h"
#include "manifests/importers/foreign_units.h"
#include "manifests/quantity.h"
#include "manifests/substitution.h"
#include "manifests/text_checks.h"

namespace faasc {
namespace {

constexpr int kMostLeftOut = 500;                    // told of one by one
constexpr int kMostValues = 2000;                    // of the new manifest
constexpr std::size_t kMostEnvironmentBytes = 4096;  // what the reader allows

std::string shortened(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  if (text.size() <= kLongest) return std::string(text);
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace

std::string Import::needs_of_tag(const YamlNode& value) {
  // "!!str" and its like say what YAML itself means by a value.
  if (value.tag.empty() || value.tag == "!" || value.tag.starts_with("!!")) return "";
  return "its value has the tag '" + shortened(value.tag) + "'";
}

void Import::leave_out(const std::string& key, const SourcePlace& place, std::string_view why,
                       Severity severity) {
  if (++left_out_ > kMostLeftOut) {
    if (left_out_ > kMostLeftOut + 1) return;
    diagnostics_.add(Diagnostic{
        .severity = Severity::Warning,
        .code = kLeftOut,
        .message = "more than " + std::to_string(kMostLeftOut) + " keys are left out; the rest is not shown",
        .place = place});
    return;
  }
  diagnostics_.add(Diagnostic{.severity = severity,
                              .code = kLeftOut,
                              .message = "'" + shortened(key) + "' is left out: " + std::string(why),
                              .place = place});
}

void Import::error(std::string_view code, std::string message, const SourcePlace& place, std::string hint) {
  diagnostics_.add(Diagnostic{.code = std::string(code),
                              .message = std::move(message),
                              .place = place,
                              .line_text = source_.line(place.line),
                              .hint = std::move(hint)});
}

const std::string* Import::text(const YamlNode& value, const Origin& origin) {
  if (std::string need = needs(value); !need.empty()) {
    leave_out(origin, need, Severity::Warning);
  } else if (value.kind == YamlNode::Kind::Null) {
    leave_out(origin, "it has no value");
  } else if (value.kind != YamlNode::Kind::Scalar) {
    leave_out(origin,
              std::string("a text is expected, not ") +
                  (value.kind == YamlNode::Kind::Sequence ? "a list" : "a map"),
              Severity::Warning);
  } else {
    return &value.text;
  }
  return nullptr;
}

bool Import::is_map(const YamlNode& value, const Origin& origin) {
  if (std::string need = needs(value); !need.empty()) {
    leave_out(origin, need, Severity::Warning);
  } else if (value.kind == YamlNode::Kind::Mapping) {
    return true;
  } else if (value.kind != YamlNode::Kind::Null) {
    leave_out(origin,
              std::string("a map is expected, not ") +
                  (value.kind == YamlNode::Kind::Sequence ? "a list" : "a text"),
              Severity::Warning);
  }
  return false;
}

bool Import::is_list(const YamlNode& value, const Origin& origin) {
  if (std::string need = needs(value); !need.empty()) {
    leave_out(origin, need, Severity::Warning);
  } else if (value.kind == YamlNode::Kind::Sequence) {
    return true;
  } else if (value.kind != YamlNode::Kind::Null) {
    leave_out(origin,
              std::string("a list is expected, not ") +
                  (value.kind == YamlNode::Kind::Mapping ? "a map" : "a text"),
              Severity::Warning);
  }
  return false;
}

void Import::variable(std::string_view name, std::string_view value, const Origin& origin,
                      Substitution substitution) {
  if (!is_variable_name(name))
    return leave_out(origin, "a variable's name has letters, digits and '_' only", Severity::Warning);
  if (substitution == Substitution::Refused && has_substitution(value))
    return leave_out(origin, "'${env:…}' would be replaced in faas.yaml", Severity::Warning);
  if (draft.has_member("env", name)) return leave_out(origin, "the variable is set already");
  if (environment_bytes_ + name.size() + value.size() + 2 > kMostEnvironmentBytes) {
    return leave_out(origin, "all variables together may take 4096 bytes; put large values into files",
                     Severity::Warning);
  }
  environment_bytes_ += name.size() + value.size() + 2;
  draft.put_member("env", name, value, origin);
}

void Import::variables(const YamlNode& map, const Origin& origin) {
  if (!is_map(map, origin)) return;
  for (const YamlMember& member : map.members) {
    Origin one{origin.key + "." + member.name.text, member.name.place};
    if (const std::string* value = text(member.value, one)) variable(member.name.text, *value, one);
  }
}

void Import::label(std::string_view name, std::string_view value, const Origin& origin) {
  if (has_substitution(value))
    return leave_out(origin, "'${env:…}' has no meaning in labels", Severity::Warning);
  if (draft.size() >= kMostValues) return leave_out(origin, "there are too many values");
  if (draft.has_member("labels", name)) return leave_out(origin, "the label is set already");
  draft.put_member("labels", name, value, origin);
}

void Import::bytes(std::string_view path, std::optional<std::uint64_t> bytes, std::string_view written,
                   const Origin& origin, std::string remark) {
  if (!bytes) return leave_out(origin, "'" + shortened(written) + "' is no size", Severity::Warning);
  constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
  draft.put_yaml(path, quantity_text((*bytes + kMiB - 1) / kMiB * kMiB), origin, std::move(remark));
}

void Import::processors(std::string_view written, const Origin& origin) {
  std::optional<int> whole = parse_kubernetes_cpus(written);
  if (!whole)
    return leave_out(origin, "'" + shortened(written) + "' is no number of processors", Severity::Warning);
  std::string text = std::to_string(std::max(1, *whole));
  draft.put_yaml("resources.vcpus", text, origin, text == written ? "" : "was " + shortened(written));
}

void Import::number(std::string_view path, std::string_view written, const Origin& origin) {
  bool digits = !written.empty() && written.size() < 10 &&
                std::all_of(written.begin(), written.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return leave_out(origin, "'" + shortened(written) + "' is no whole number", Severity::Warning);
  draft.put_yaml(path, std::string(written), origin);
}

void Import::duration(std::string_view path, std::optional<std::chrono::milliseconds> duration,
                      std::string_view written, const Origin& origin) {
  if (!duration)
    return leave_out(origin, "'" + shortened(written) + "' is no length of time", Severity::Warning);
  draft.put(path, duration_text(*duration), origin);
}

void Import::name(std::string_view written, const Origin& origin) {
  std::string name = function_name_of(written);
  if (name.empty()) return leave_out(origin, "nothing of it can be a name in faas.yaml", Severity::Warning);
  draft.put("name", name, origin, name == written ? "" : "was " + shortened(written));
}

std::string Import::project_path(std::string_view written) const {
  std::filesystem::path path(written);
  if (path.is_relative()) path = std::filesystem::path(options.prefix) / path;
  std::string text = path.lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text.empty() ? "." : text;
}

void Import::source_directory(std::string_view written, const Origin& origin) {
  std::string path = project_path(written);
  if (path != ".") draft.put("source", path, origin);
}

}  // namespace faasc
