#include "manifests/value_check.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "manifests/advice.h"
#include "manifests/codes.h"
#include "manifests/json_text.h"
#include "manifests/quantity.h"
#include "manifests/substitution.h"

namespace faasc {
namespace {

struct Wanted {
  std::string_view what;     // "<key> must be …"
  std::string_view example;  // for the hint
};
Wanted wanted(Form form) {
  switch (form) {
    case Form::Text:
    case Form::Choice:
      return {"a text", ""};
    case Form::Boolean:
      return {"true or false", ""};
    case Form::Integer:
      return {"a whole number", ""};
    case Form::Quantity:
      return {"a size", "write a number and a unit: 64KiB, 256MiB or 1GiB"};
    case Form::Duration:
      return {"a length of time", "write a number and a unit: 500ms, 30s or 2m"};
    case Form::FileMode:
      return {"permission bits in octal", "write for example \"0644\""};
    case Form::TextList:
      return {"a list of texts", "write '[a, b]', or one '- a' on each line"};
    case Form::TextMap:
    case Form::FreeMap:
      return {"a map of names to values", "write 'name: value' lines below it, indented"};
    case Form::Section:
      return {"a section", "write its keys below it, indented"};
    case Form::SectionList:
      return {"a list of sections", "begin each with '- ' below it"};
    case Form::Json:
      break;
  }
  return {"a value", ""};
}

// What one item of a list is called: "flag" of "flags".
std::string item_noun(std::string_view key) {
  if (key == "include" || key == "exclude" || key == "sources") return std::string(key) + " pattern";
  if (key == "dns") return "name server";
  if (key.ends_with('s')) key.remove_suffix(1);
  return std::string(key);
}

std::string alternatives(std::span<const std::string_view> choices) {
  std::string list;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    list.append(i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ").append(choices[i]);
  }
  return list;
}

}  // namespace

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  if (text.size() <= kLongest) return "'" + std::string(text) + "'";
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;  // not inside of a character
  return "'" + std::string(text.substr(0, end)) + "…'";
}

std::string_view kind_name(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      return "nothing";
    case YamlNode::Kind::Scalar:
      return "text";
    case YamlNode::Kind::Sequence:
      return "a list";
    case YamlNode::Kind::Mapping:
      break;
  }
  return "a map";
}

bool ValueCheck::report(std::string_view code, std::string message, const SourcePlace& place,
                        std::string hint, Severity severity) {
  if (diagnostics_.error_count() > kMostFindings) return false;
  if (diagnostics_.error_count() == kMostFindings) {
    message = "more than " + std::to_string(kMostFindings) + " problems; the rest is not shown";
    hint = "correct these first, then check again";
  }
  diagnostics_.add(Diagnostic{.severity = severity,
                              .code = std::string(code),
                              .message = std::move(message),
                              .place = place,
                              .line_text = source_.line(place.line),
                              .hint = std::move(hint)});
  return false;
}

void ValueCheck::report_wrong_type(const YamlNode& node, const Key& key) {
  Wanted want = wanted(key.form);
  std::string name(key.name);
  std::string hint(want.example);
  if (node.kind == YamlNode::Kind::Null) {
    if (hint.empty())
      hint = node.text.empty() ? "give it a value, or remove the key"
                               : "put the word in quotes if it is meant as text";
    report(kWrongType, name + " has no value", node.place, std::move(hint));
    return;
  }
  if (std::string advice = advice_on_type(node, key); !advice.empty()) hint = std::move(advice);
  std::string found =
      node.kind == YamlNode::Kind::Scalar ? in_quotes(node.text) : std::string(kind_name(node));
  report(kWrongType, name + " must be " + std::string(want.what) + ", not " + found, node.place,
         std::move(hint));
}

void ValueCheck::report_range(const YamlNode& node, const Key& key, const std::string& least,
                              const std::string& most) {
  report(key.code, std::string(key.name) + " " + in_quotes(node.text) + " is outside " + least + "–" + most,
         node.place);
}

bool ValueCheck::check_text(const YamlNode& node, const Key& key, std::string_view noun,
                            std::string_view code, TextCheck check) {
  if (node.kind != YamlNode::Kind::Scalar) {
    report_wrong_type(node, key);
    return false;
  }
  if (check == nullptr) return true;
  std::optional<Complaint> complaint = check(node.text);
  if (!complaint) return true;
  if (in_curly_quotes(node))
    complaint->hint = "use straight quotes, or none: curly ones are part of the text";
  return report(code, std::string(noun) + " " + in_quotes(node.text) + " " + complaint->message, node.place,
                std::move(complaint->hint));
}

bool ValueCheck::check_number(const YamlNode& node, const Key& key, CheckedValue& value) {
  const std::string& text = node.text;
  if (key.form == Form::Quantity) {
    if (!key.word.empty() && text == key.word) return false;  // the default stands
    std::optional<std::uint64_t> bytes = parse_quantity(text);
    bool digits =
        !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!bytes && !digits) {
      report_wrong_type(node, key);
      return false;
    }
    if (!bytes || *bytes < static_cast<std::uint64_t>(key.least) ||
        *bytes > static_cast<std::uint64_t>(key.most)) {
      report_range(node, key, quantity_text(static_cast<std::uint64_t>(key.least)),
                   quantity_text(static_cast<std::uint64_t>(key.most)));
      return false;
    }
    if (digits && *bytes > 0)
      report("", std::string(key.name) + " '" + text + "' is read as " + text + "MiB", node.place, "",
             Severity::Note);
    value.number = static_cast<std::int64_t>(*bytes);
    return true;
  }
  if (key.form == Form::Duration) {
    std::optional<std::chrono::milliseconds> duration = parse_duration(text);
    if (!duration) {
      report_wrong_type(node, key);
      return false;
    }
    if (duration->count() < key.least || duration->count() > key.most) {
      report_range(node, key, duration_text(std::chrono::milliseconds(key.least)),
                   duration_text(std::chrono::milliseconds(key.most)));
      return false;
    }
    value.number = duration->count();
    return true;
  }
  if (key.form == Form::FileMode) {
    std::string_view digits = text;
    if (digits.starts_with("0o")) digits.remove_prefix(2);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value.number, 8);
    if (error != std::errc{} || end != digits.data() + digits.size() || value.number < 0 ||
        digits.size() < 3) {
      report_wrong_type(node, key);
      return false;
    }
    if (value.number > 0777) {
      report(key.code, "mode " + in_quotes(text) + " is outside 0000–0777", node.place,
             "set-user-ID and sticky bits have no meaning in an image");
      return false;
    }
    return true;
  }

  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value.number);
  bool whole = end == text.data() + text.size() && !text.empty();
  if (whole && error == std::errc::result_out_of_range) {
    report_range(node, key, std::to_string(key.least), std::to_string(key.most));
    return false;
  }
  if (!whole || error != std::errc{}) {
    report_wrong_type(node, key);
    return false;
  }
  if (node.quoted) {
    return report(kWrongType,
                  std::string(key.name) + " must be a whole number, not the text " + in_quotes(text),
                  node.place, "remove the quotes");
  }
  if (value.number < key.least || value.number > key.most) {
    report_range(node, key, std::to_string(key.least), std::to_string(key.most));
    return false;
  }
  return true;
}

bool ValueCheck::check_list(const YamlNode& node, const Key& key, CheckedValue& value) {
  if (node.kind == YamlNode::Kind::Scalar) {
    report(kWrongType, std::string(key.name) + " must be a list of texts, not " + in_quotes(node.text),
           node.place, "write '[" + node.text + "]'");
    return false;
  }
  if (node.kind != YamlNode::Kind::Sequence) {
    report_wrong_type(node, key);
    return false;
  }
  Key item = key;
  item.form = Form::Text;
  bool good = true;
  for (const YamlNode& child : node.items) {
    if (child.kind != YamlNode::Kind::Scalar) {
      std::string hint = child.kind == YamlNode::Kind::Null      ? "remove it, or put it in quotes"
                         : child.kind == YamlNode::Kind::Mapping ? "put text that contains ': ' in quotes"
                                                                 : "write each text directly below the key";
      good = report(
          kWrongType,
          "each item of " + std::string(key.name) + " must be a text, not " + std::string(kind_name(child)),
          child.place, std::move(hint));
      continue;
    }
    if (has_substitution(child.text)) {
      good = report(kBadSubstitution, "'${env:…}' has no meaning in " + std::string(key.name), child.place,
                    "it may be used in the values of 'env' and 'build.args' only");
    }
    good = check_text(child, item, item_noun(key.name), key.code, key.check) && good;
    value.list.push_back(Located<std::string>{child.text, child.place});
  }
  return good;
}

bool ValueCheck::check_map(const YamlNode& node, const Key& key, CheckedValue& value) {
  if (node.kind != YamlNode::Kind::Mapping) {
    report_wrong_type(node, key);
    return false;
  }
  Key item = key;
  item.form = Form::Text;
  bool good = true;
  for (const auto& [name, child] : node.members) {
    std::string noun = item_noun(key.name) + " name";
    good = check_text(name, item, noun, key.name_code, key.check_name) && good;
    if (child.kind == YamlNode::Kind::Null) {
      good = report(kWrongType, in_quotes(name.text) + " has no value", child.place,
                    "write \"\" for an empty text, and put the word null in quotes");
      continue;
    }
    if (child.kind != YamlNode::Kind::Scalar) {
      good =
          report(kWrongType,
                 "value of " + in_quotes(name.text) + " must be a text, not " + std::string(kind_name(child)),
                 child.place, "put text that looks like YAML in quotes");
      continue;
    }
    good = check_text(child, item, "value", key.code, key.check) && good;
    value.map.push_back(NamedText{{name.text, name.place}, {child.text, child.place}});
  }
  return good;
}

bool ValueCheck::check_free(const YamlNode& node, const std::string& noun, FreeValue& value) {
  value.place = node.place;
  switch (node.kind) {
    case YamlNode::Kind::Null:
      return report(kWrongType, noun + " has no value", node.place,
                    "write a text, a list or a map; a flag that is set is 't'");
    case YamlNode::Kind::Scalar:
      value.text = node.text;
      return true;
    case YamlNode::Kind::Sequence: {
      value.kind = FreeValue::Kind::List;
      bool good = true;
      for (const YamlNode& item : node.items)
        good = check_free(item, "an item of " + noun, value.items.emplace_back()) && good;
      return good;
    }
    case YamlNode::Kind::Mapping:
      break;
  }
  value.kind = FreeValue::Kind::Map;
  bool good = true;
  for (const auto& [name, child] : node.members) {
    FreeValue member;
    good = check_free(child, in_quotes(name.text), member) && good;
    value.members.push_back({{name.text, name.place}, std::move(member)});
  }
  return good;
}

bool ValueCheck::check_value(const YamlNode& node, const Key& key, CheckedValue& value) {
  value.place = node.place;
  value.text = node.text;
  bool scalar = node.kind == YamlNode::Kind::Scalar;
  switch (key.form) {
    case Form::TextList:
      return check_list(node, key, value);
    case Form::TextMap:
      return check_map(node, key, value);
    case Form::FreeMap: {
      if (node.kind != YamlNode::Kind::Mapping) break;
      bool good = true;
      Key item = key;
      for (const auto& [name, child] : node.members) {
        good = check_text(name, item, "entry", key.name_code, key.check_name) && good;
        FreeValue member;
        good = check_free(child, in_quotes(name.text), member) && good;
        value.free.emplace_back(Located<std::string>{name.text, name.place}, std::move(member));
      }
      return good;
    }
    case Form::Json:
      value.text = to_json_text(node);
      if (node.quoted && (node.text.starts_with('{') || node.text.starts_with('['))) {
        report(kBadTest, std::string(key.name) + " is given as a text, not as the JSON in it", node.place,
               "remove the quotes, if JSON is meant", Severity::Warning);
      }
      return true;
    case Form::Text:
      if (!scalar) break;
      if (has_substitution(node.text)) {
        return report(kBadSubstitution, "'${env:…}' has no meaning in " + std::string(key.name), node.place,
                      "it may be used in the values of 'env' and 'build.args' only");
      }
      return check_text(node, key, key.name, key.code, key.check);
    case Form::Choice: {
      if (!scalar) break;
      auto found = std::find(key.choices.begin(), key.choices.end(), node.text);
      if (found != key.choices.end()) {
        value.number = found - key.choices.begin();
        return true;
      }
      std::vector<std::string_view> choices(key.choices.begin(), key.choices.end());
      std::string_view near = nearest(node.text, choices);
      return report(
          key.code.empty() ? kUnknownChoice : key.code,
          std::string(key.name) + " " + in_quotes(node.text) + " is unknown" +
              (near.empty() || choices.size() < 3 ? "" : "; did you mean '" + std::string(near) + "'?"),
          node.place, "it may be " + alternatives(key.choices));
    }
    case Form::Boolean: {
      if (!scalar) break;
      if (!node.quoted && (node.text == "true" || node.text == "false")) {
        value.number = node.text == "true" ? 1 : 0;
        return true;
      }
      std::string lower = node.text;
      for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      bool yes = lower == "yes" || lower == "on" || lower == "1" || lower == "true" || lower == "y";
      bool no = lower == "no" || lower == "off" || lower == "0" || lower == "false" || lower == "n";
      return report(kWrongType, std::string(key.name) + " must be true or false, not " + in_quotes(node.text),
                    node.place,
                    yes  ? "write true"
                    : no ? "write false"
                         : "");
    }
    case Form::Integer:
    case Form::Quantity:
    case Form::Duration:
    case Form::FileMode:
      if (!scalar) break;
      return check_number(node, key, value);
    case Form::Section:
    case Form::SectionList:
      break;
  }
  report_wrong_type(node, key);
  return false;
}

}  // namespace faasc
