#include "manifests/json_schema.h"

#include <string_view>

#include "manifests/json_text.h"
#include "manifests/keys.h"

namespace faasc {
namespace {

// Pretty-printed JSON, written front to back.
class Writer {
 public:
  void open(std::string_view name, char bracket) {
    begin(name);
    out_ += bracket;
    ++depth_;
    first_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!first_) line();
    out_ += bracket;
    first_ = false;
  }
  void text(std::string_view name, std::string_view value) {
    begin(name);
    out_ += json_quoted(value);
  }
  void raw(std::string_view name, std::string_view value) {
    begin(name);
    out_ += value;
  }
  std::string take() && { return std::move(out_) + "\n"; }

 private:
  void begin(std::string_view name) {
    if (depth_ == 0) return;
    if (!first_) out_ += ',';
    first_ = false;
    line();
    if (!name.empty()) out_.append(json_quoted(name)).append(": ");
  }
  void line() { out_.append("\n").append(static_cast<std::size_t>(depth_) * 2, ' '); }

  std::string out_;
  int depth_ = 0;
  bool first_ = true;
};

void write_members(Writer& out, std::span<const Key> keys);

bool takes(const Key& key, std::string_view text) {
  return key.check == nullptr || !key.check(text);
}

// YAML has types of its own for what looks like a number or a boolean; the reader takes both as the text they
// are, wherever such a text would do.
void write_text_type(Writer& out, const Key& key) {
  if (!key.choices.empty()) {
    out.open("enum", '[');
    for (std::string_view choice : key.choices) out.text("", choice);
    return out.close(']');
  }
  bool whole = takes(key, "7"), fraction = takes(key, "1.5"), negative = takes(key, "-1");
  std::string types = R"("string")";
  if (whole || fraction || negative) types += fraction ? R"(, "number")" : R"(, "integer")";
  if (takes(key, "true")) types += R"(, "boolean")";
  out.raw("type", types.find(',') == std::string::npos ? types : "[" + types + "]");
  if ((whole || fraction) && !negative) out.raw("minimum", "0");
  if (negative && !whole) out.raw("exclusiveMaximum", "0");
  if (!key.pattern.empty()) {
    out.text("pattern", key.pattern);
  } else if (!takes(key, "") && !takes(key, "a\nb")) {
    out.text("pattern", R"(^[^\u0000-\u001f\u007f]+$)");
  }
}

void write_choices(Writer& out, const Key& key) {
  out.open("enum", '[');
  bool digits = true;
  for (std::string_view choice : key.choices) {
    out.text("", choice);
    digits = digits && choice.find_first_not_of("0123456789") == std::string_view::npos;
  }
  for (std::string_view choice : key.choices) {
    if (digits) out.raw("", choice);
  }
  out.close(']');
}

void write_value(Writer& out, const Key& key) {
  switch (key.form) {
    case Form::Text:
      write_text_type(out, key);
      break;
    case Form::Choice:
      write_choices(out, key);
      break;
    case Form::Boolean:
      out.text("type", "boolean");
      break;
    case Form::Integer:
      out.text("type", "integer");
      out.raw("minimum", std::to_string(key.least));
      out.raw("maximum", std::to_string(key.most));
      break;
    case Form::Quantity:
      out.raw("type", R"(["string", "integer"])");
      out.text("pattern", "^([0-9]+(KiB|MiB|GiB|Ki|Mi|Gi|KB|MB|GB|K|M|G)?" +
                              (key.word.empty() ? std::string() : "|" + std::string(key.word)) + ")$");
      out.raw("minimum", "0");
      break;
    case Form::Duration:
      out.raw("type", R"(["string", "integer"])");
      out.text("pattern", "^[0-9]+(ms|s|m|h)?$");
      out.raw("minimum", "0");
      break;
    case Form::FileMode:
      out.raw("type", R"(["string", "integer"])");
      out.text("pattern", "^(0o)?[0-7]{3,4}$");
      break;
    case Form::TextList:
      out.text("type", "array");
      out.open("items", '{');
      write_text_type(out, key);
      out.close('}');
      break;
    case Form::TextMap:
      out.text("type", "object");
      if (!key.pattern.empty()) {
        out.open("propertyNames", '{');
        out.text("pattern", key.pattern);
        out.close('}');
      }
      out.open("additionalProperties", '{');
      out.raw("type", R"(["string", "number", "boolean"])");
      out.close('}');
      break;
    case Form::FreeMap:
      out.text("type", "object");
      out.open("additionalProperties", '{');
      out.raw("type", R"(["string", "number", "boolean", "array", "object"])");
      out.close('}');
      break;
    case Form::Json:
      break;
    case Form::Section:
      write_members(out, key.members);
      break;
    case Form::SectionList:
      out.text("type", "array");
      out.open("items", '{');
      write_members(out, key.members);
      out.close('}');
      break;
  }
}

void write_members(Writer& out, std::span<const Key> keys) {
  out.text("type", "object");
  out.raw("additionalProperties", "false");
  bool required = false;
  for (const Key& key : keys) required = required || key.required;
  if (required) {
    out.open("required", '[');
    for (const Key& key : keys) {
      if (key.required) out.text("", key.name);
    }
    out.close(']');
  }
  out.open("properties", '{');
  for (const Key& key : keys) {
    out.open(key.name, '{');
    std::string help(key.help);
    if (!key.fallback.empty()) help += ". Default: " + std::string(key.fallback);
    out.text("description", help);
    write_value(out, key);
    out.close('}');
  }
  out.close('}');
}

}  // namespace

std::string manifest_json_schema() {
  Writer out;
  out.open("", '{');
  out.text("$schema", "https://json-schema.org/draft/2020-12/schema");
  out.text("title", "faas.yaml");
  out.text("description", "Manifest of a function that faasc turns into a virtual machine");
  write_members(out, manifest_keys());
  out.close('}');
  return std::move(out).take();
}

}  // namespace faasc
