#include "manifests/importers/manifest_draft.h"

#include <algorithm>
#include <array>
#include <span>

#include "manifests/json_text.h"
#include "manifests/keys.h"
#include "manifests/quantity.h"
#include "manifests/reader.h"
#include "manifests/utf8.h"

namespace faasc {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

std::string lower_case(std::string_view text) {
  std::string lower;
  for (char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

// What may stand in a comment: no end of the line, and nothing that YAML does not allow.
std::string on_one_line(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    auto [character, length] = first_code_point(text);
    bool shown = is_yaml_printable(character) && !is_false_space(character) && character >= 0x20;
    line.append(shown ? text.substr(0, length) : " ");
    text.remove_prefix(length);
  }
  return line;
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
  // A word of these characters, which is neither a number nor one of YAML's own, needs no quotes.
  bool plain =
      !text.empty() && text.size() < 200 && (is_word(text.front()) || text.front() == '/') &&
      text.back() != ':' &&
      std::all_of(
          text.begin(), text.end(),
          [](char c) {
            return is_word(c) || is_digit(c) || std::string_view("/.:@+-").find(c) != std::string_view::npos;
          });
  static constexpr std::string_view kWords[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  if (plain) {
    std::string lower = lower_case(text);
    plain = std::find(std::begin(kWords), std::end(kWords), lower) == std::end(kWords);
  }
  // "30s" and "128MiB" are text to every reader.
  bool all_digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  if (!all_digits && text.size() < 20 && (parse_duration(text) || parse_quantity(text))) plain = true;
  if (plain) return std::string(text);
  std::string quoted;
  std::string json = json_quoted(text);
  for (std::string_view rest = json; !rest.empty();) {
    auto [character, length] = first_code_point(rest);
    if (is_yaml_printable(character) && !is_false_space(character)) {
      quoted.append(rest.substr(0, length));
    } else {
      // Everything that is not to be written as it is lies below U+10000.
      std::string digits = code_point_name(character).substr(2);
      quoted.append("\\u").append(digits);
    }
    rest.remove_prefix(length);
  }
  return quoted;
}

std::string yaml_flow(const YamlNode& node) {
  std::string out;
  switch (node.kind) {
    case YamlNode::Kind::Null:
      return "null";
    case YamlNode::Kind::Scalar:
      return yaml_scalar(node.text);
    case YamlNode::Kind::Sequence:
      for (const YamlNode& item : node.items) out.append(out.empty() ? "" : ", ").append(yaml_flow(item));
      return "[" + out + "]";
    case YamlNode::Kind::Mapping:
      break;
  }
  for (const auto& [name, value] : node.members)
    out.append(out.empty() ? "" : ", ").append(yaml_scalar(name.text)).append(": ").append(yaml_flow(value));
  return "{" + out + "}";
}

std::string function_name_of(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size() && name.size() < 63; ++i) {
    char c = text[i];
    if (c >= 'A' && c <= 'Z') {
      // A new word begins at a capital after a small letter, and at the last one of several.
      bool after_small = i > 0 && (is_lower(text[i - 1]) || is_digit(text[i - 1]));
      bool before_small = i + 1 < text.size() && is_lower(text[i + 1]);
      if (!name.empty() && name.back() != '-' && (after_small || before_small)) name += '-';
      name += static_cast<char>(c + 32);
    } else if (is_lower(c) || is_digit(c)) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  if (name.size() > 63) name.resize(63);
  while (name.ends_with('-')) name.pop_back();
  return name;
}

void ManifestDraft::put(std::string_view path, std::string_view value, Origin origin, std::string remark) {
  put_yaml(path, yaml_scalar(value), std::move(origin), std::move(remark));
}

void ManifestDraft::put_yaml(std::string_view path, std::string yaml, Origin origin, std::string remark) {
  std::erase_if(entries_,
                [&](const Entry& entry) { return entry.kind == Kind::Value && entry.path == path; });
  entries_.push_back({.kind = Kind::Value,
                      .path = std::string(path),
                      .yaml = std::move(yaml),
                      .remark = std::move(remark),
                      .origin = std::move(origin)});
}

void ManifestDraft::add(std::string_view path, std::string_view value, Origin origin) {
  add_yaml(path, yaml_scalar(value), std::move(origin));
}

void ManifestDraft::add_yaml(std::string_view path, std::string yaml, Origin origin) {
  entries_.push_back(
      {.kind = Kind::Item, .path = std::string(path), .yaml = std::move(yaml), .origin = std::move(origin)});
}

void ManifestDraft::put_member(std::string_view path, std::string_view name, std::string_view value,
                               Origin origin) {
  put_member_yaml(path, name, yaml_scalar(value), std::move(origin));
}

void ManifestDraft::put_member_yaml(std::string_view path, std::string_view name, std::string yaml,
                                    Origin origin) {
  entries_.push_back({.kind = Kind::Member,
                      .path = std::string(path),
                      .name = std::string(name),
                      .yaml = std::move(yaml),
                      .origin = std::move(origin)});
}

void ManifestDraft::remark(std::string_view path, std::string line) {
  entries_.push_back({.kind = Kind::Remark, .path = std::string(path), .remark = std::move(line)});
}

bool ManifestDraft::has(std::string_view path) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.kind != Kind::Remark && entry.path == path; });
}

bool ManifestDraft::has_member(std::string_view path, std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.kind == Kind::Member && entry.path == path && entry.name == name;
  });
}

int ManifestDraft::size() const {
  return static_cast<int>(std::count_if(entries_.begin(), entries_.end(),
                                        [](const Entry& entry) { return entry.kind != Kind::Remark; }));
}

// Writes line by line, and remembers which entry made which.
struct ManifestDraft::Page {
  const std::vector<Entry>& entries;
  std::string text;
  std::vector<const Entry*> lines;  // of each line; null where no value made it

  void line(std::string_view content, const Entry* entry = nullptr) {
    text.append(content).append("\n");
    lines.push_back(entry);
  }

  std::vector<const Entry*> of(std::string_view path) const {
    std::vector<const Entry*> found;
    for (const Entry& entry : entries) {
      if (entry.path == path) found.push_back(&entry);
    }
    return found;
  }
  bool any_below(std::string_view path, bool values_only) const {
    std::string prefix = std::string(path) + ".";
    return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
      return (entry.path == path || entry.path.starts_with(prefix)) &&
             !(values_only && entry.kind == Kind::Remark);
    });
  }

  void write(std::span<const Key> keys, const std::string& prefix, int depth) {
    bool after_block = false;
    std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
    for (const Key& key : keys) {
      std::string path = prefix.empty() ? std::string(key.name) : prefix + "." + std::string(key.name);
      if (!any_below(path, false)) continue;
      bool nested = key.form == Form::Section || key.form == Form::SectionList || key.form == Form::TextMap ||
                    key.form == Form::FreeMap || key.form == Form::TextList;
      // Blocks stand apart.
      if (depth == 0 && (nested || after_block)) line("");
      after_block = nested;
      std::vector<const Entry*> own = of(path);
      bool open = any_below(path, true);
      if (nested) line(indent + (open ? "" : "# ") + std::string(key.name) + ":");
      for (const Entry* entry : own) {
        if (entry->kind == Kind::Remark)
          line(indent + (nested ? open ? "  # " : "#   " : "# ") + on_one_line(entry->remark));
      }
      for (const Entry* entry : own) write_entry(*entry, key, indent);
      if (key.form == Form::Section) write(key.members, path, depth + 1);
    }
  }

  void write_entry(const Entry& entry, const Key& key, const std::string& indent) {
    std::string remark = entry.remark.empty() ? "" : "  # " + on_one_line(entry.remark);
    switch (entry.kind) {
      case Kind::Value:
        line(indent + std::string(key.name) + ": " + entry.yaml + remark, &entry);
        break;
      case Kind::Item:
        line(indent + "  - " + entry.yaml, &entry);
        break;
      case Kind::Member:
        line(indent + "  " + yaml_scalar(entry.name) + ": " + entry.yaml, &entry);
        break;
      case Kind::Remark:
        break;
    }
  }
};

std::string ManifestDraft::render(std::string_view first_line) const {
  Page page{.entries = entries_};
  page.text = first_line;
  for (const std::string& line : head_) page.line("# " + on_one_line(line));
  page.line("apiVersion: faasc/v1");
  page.write(manifest_keys(), "", 0);
  return std::move(page.text);
}

// Escapes make some texts longer than they were. The last values have to go.
void ManifestDraft::shrink(std::vector<Refused>& refused) {
  constexpr std::size_t kMostBytes =
      kYamlSizeLimit - 32 * 1024;  // the first lines, indentation and names of keys
  std::size_t bytes = 0;
  std::erase_if(entries_, [&](const Entry& entry) {
    std::size_t size = entry.name.size() * 6 + entry.yaml.size() + entry.remark.size() + 40;
    if (bytes + size <= kMostBytes) {
      bytes += size;
      return false;
    }
    if (entry.kind != Kind::Remark)
      refused.push_back({entry.origin, "faas.yaml would have more than 256KiB"});
    return true;
  });
}

std::vector<ManifestDraft::Refused> ManifestDraft::settle() {
  std::vector<Refused> refused;
  shrink(refused);
  // Each round takes out at least one entry.
  while (true) {
    Page page{.entries = entries_};
    page.line("apiVersion: faasc/v1");
    page.write(manifest_keys(), "", 0);
    Diagnostics diagnostics;
    // A variable of the host will be there, or be asked for, when the function is built.
    ManifestEnvironment anything{[](std::string_view) { return std::optional<std::string>("x"); }};
    if (read_manifest_text(page.text, "faas.yaml", diagnostics, anything)) return refused;
    std::vector<const Entry*> out;
    for (const Diagnostic& diagnostic : diagnostics.all()) {
      auto line = static_cast<std::size_t>(diagnostic.place.line);
      if (diagnostic.severity != Severity::Error || line == 0 || line > page.lines.size()) continue;
      const Entry* entry = page.lines[line - 1];
      if (entry == nullptr || std::find(out.begin(), out.end(), entry) != out.end()) continue;
      out.push_back(entry);
      refused.push_back({entry->origin, diagnostic.message});
    }
    if (out.empty()) return refused;  // the caller's text will be refused, and say why
    std::vector<Entry> kept;
    for (Entry& entry : entries_) {
      if (std::find(out.begin(), out.end(), &entry) == out.end()) kept.push_back(std::move(entry));
    }
    entries_ = std::move(kept);
  }
}

}  // namespace faasc
