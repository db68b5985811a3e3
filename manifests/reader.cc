#include "manifests/reader.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <span>
#include <tuple>

#include "base/file.h"
#include "manifests/advice.h"
#include "manifests/checks.h"
#include "manifests/codes.h"
#include "manifests/keys.h"
#include "manifests/substitution.h"
#include "manifests/value_check.h"
#include "manifests/yaml_tree.h"

namespace faasc {
namespace {

class Reading {
 public:
  Reading(const SourceText& source, Diagnostics& diagnostics)
      : source_(source), values_(source, diagnostics) {}

  /// Reads the keys of one map into `owner`. `path` is what it is called: "resources", "files[0]"; empty for
  /// the whole file.
  void read_section(const YamlNode& node, std::span<const Key> keys, void* owner, const std::string& path);

 private:
  void read_key(const YamlNode& name, const YamlNode& node, const Key& key, void* owner,
                const std::string& path);
  void report_unknown_key(const YamlNode& name, std::span<const Key> keys, const std::string& path);

  const SourceText& source_;
  ValueCheck values_;
  std::set<const Key*> listed_;  // sections whose keys were told
};

void Reading::report_unknown_key(const YamlNode& name, std::span<const Key> keys, const std::string& path) {
  std::vector<std::string_view> names;
  for (const Key& key : keys) names.push_back(key.name);
  std::string message = "unknown key " + in_quotes(name.text) + (path.empty() ? "" : " in '" + path + "'");
  std::string hint = advice_on_key(name, names, source_);
  std::vector<std::string> elsewhere = paths_of_key(name.text);
  std::string_view near = nearest(name.text, names);
  std::string_view meant = path.empty() ? meant_key(name.text) : std::string_view();
  if (!hint.empty()) {
    // said already
  } else if (!near.empty()) {
    message += "; did you mean '" + std::string(near) + "'?";
  } else if (!elsewhere.empty()) {
    hint = "the key '" + name.text + "' belongs in " +
           (elsewhere.front().find('.') == std::string::npos
                ? "the first column of the file"
                : "'" + elsewhere.front().substr(0, elsewhere.front().rfind('.')) + "'");
  } else if (meant.starts_with('\'')) {
    hint = "write it as " + std::string(meant);
  } else if (!meant.empty()) {
    if (listed_.insert(keys.data()).second) hint = "this looks like " + std::string(meant);
  } else if (listed_.insert(keys.data()).second) {  // once is enough
    hint = "keys here are ";
    for (std::size_t i = 0; i < names.size(); ++i) hint.append(i == 0 ? "" : ", ").append(names[i]);
  }
  values_.report(kUnknownKey, std::move(message), name.place, std::move(hint));
}

void Reading::read_key(const YamlNode& name, const YamlNode& node, const Key& key, void* owner,
                       const std::string& path) {
  if (key.form == Form::Section) {
    if (node.kind != YamlNode::Kind::Mapping) return values_.report_wrong_type(node, key);
    return read_section(node, key.members, key.open(owner, name.place), path);
  }
  if (key.form == Form::SectionList) {
    if (node.kind != YamlNode::Kind::Sequence) return values_.report_wrong_type(node, key);
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const YamlNode& item = node.items[i];
      std::string item_path = path + "[" + std::to_string(i) + "]";
      if (item.kind != YamlNode::Kind::Mapping) {
        values_.report(
            kWrongType,
            item_path + " must be a section, not " +
                (item.kind == YamlNode::Kind::Scalar ? in_quotes(item.text) : std::string(kind_name(item))),
            item.place, "write its keys as 'key: value' after the '- '");
        continue;
      }
      read_section(item, key.members, key.open(owner, item.place), item_path);
    }
    return;
  }
  CheckedValue value;
  bool good = values_.check_value(node, key, value);
  // What is right in a list or map is kept even so: its values may have further problems to tell of.
  bool several = key.form == Form::TextList || key.form == Form::TextMap || key.form == Form::FreeMap;
  if ((good || several) && key.store != nullptr) key.store(owner, value);
}

void Reading::read_section(const YamlNode& node, std::span<const Key> keys, void* owner,
                           const std::string& path) {
  for (const auto& [name, value] : node.members) {
    auto key = std::find_if(keys.begin(), keys.end(), [&](const Key& one) { return one.name == name.text; });
    if (key == keys.end()) {
      report_unknown_key(name, keys, path);
    } else {
      read_key(name, value, *key, owner, path.empty() ? name.text : path + "." + name.text);
    }
  }
  for (const Key& key : keys) {
    if (!key.required || node.find(key.name) != nullptr) continue;
    // "apiversion" is unknown, and was told to be 'apiVersion'.
    bool misspelt = std::any_of(node.members.begin(), node.members.end(), [&](const YamlMember& member) {
      return nearest(member.name.text, {key.name}) == key.name &&
             std::none_of(keys.begin(), keys.end(),
                          [&](const Key& one) { return one.name == member.name.text; });
    });
    if (misspelt) continue;
    std::string hint = key.name == "apiVersion" ? "begin the file with 'apiVersion: faasc/v1'"
                                                : "add '" + std::string(key.name) + ": …'";
    SourcePlace place = node.place;
    place.end_column = 0;
    values_.report(
        kMissingKey,
        "key '" + std::string(key.name) + "' is missing" + (path.empty() ? "" : " in '" + path + "'"), place,
        std::move(hint));
  }
}

std::optional<Manifest> read_unordered(std::string text, const std::filesystem::path& path,
                                       Diagnostics& diagnostics, const ManifestEnvironment& environment) {
  Manifest manifest;
  manifest.path = path;
  manifest.directory = path.has_parent_path() ? path.parent_path() : ".";
  // A byte order mark says nothing in UTF-8, and would shift the first line's columns.
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  manifest.text = std::move(text);

  int errors_before = diagnostics.error_count();
  SourceText source(manifest.text, path.string());
  std::optional<YamlNode> tree = parse_yaml(source, diagnostics);
  if (!tree) {
    if (diagnostics.error_count() == errors_before) {
      diagnostics.add(Diagnostic{
          .code = kNotYaml, .message = "this is not YAML", .place = SourcePlace{.file = path.string()}});
    }
    return std::nullopt;
  }
  if (tree->kind != YamlNode::Kind::Mapping) {
    bool empty = tree->kind == YamlNode::Kind::Null;
    diagnostics.add(Diagnostic{
        .code = kWrongType,
        .message = empty ? "the manifest is empty"
                         : "a manifest is a map of keys to values, not " + std::string(kind_name(*tree)),
        .place = empty ? SourcePlace{.file = path.string()} : tree->place,
        .line_text = empty ? "" : source.line(tree->place.line),
        .hint = "begin the file with 'apiVersion: faasc/v1'"});
    return std::nullopt;
  }
  Reading(source, diagnostics).read_section(*tree, manifest_keys(), &manifest, "");
  substitute(manifest, environment, diagnostics);
  check_manifest(manifest, diagnostics);
  if (diagnostics.error_count() > errors_before) return std::nullopt;
  return manifest;
}

}  // namespace

ManifestEnvironment ManifestEnvironment::of_process() {
  return {[](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  }};
}

std::optional<Manifest> read_manifest_text(std::string text, const std::filesystem::path& path,
                                           Diagnostics& diagnostics, const ManifestEnvironment& environment) {
  Diagnostics found;
  std::optional<Manifest> manifest = read_unordered(std::move(text), path, found, environment);
  // Found key by key and then again across keys; told from top to bottom.
  std::vector<std::tuple<int, int, std::size_t>> order;
  for (const Diagnostic& diagnostic : found.all()) {
    order.emplace_back(diagnostic.place.line, diagnostic.place.column, order.size());
  }
  std::sort(order.begin(), order.end());
  for (const auto& [line, column, index] : order) diagnostics.add(found.all()[index]);
  return manifest;
}

std::optional<Manifest> read_manifest(const std::filesystem::path& path, Diagnostics& diagnostics,
                                      const ManifestEnvironment& environment) {
  Result<std::string> text = read_file(path, kYamlSizeLimit);
  if (!text) {
    diagnostics.add(
        Diagnostic{.code = text.error().code, .message = text.error().what, .hint = text.error().hint});
    return std::nullopt;
  }
  return read_manifest_text(std::move(*text), path, diagnostics, environment);
}

}  // namespace faasc
