#include "manifests/json_text.h"

namespace faasc {
namespace {

// The grammar of a number in JSON, RFC 8259 section 6.
bool is_json_number(std::string_view text) {
  auto digits = [&] {
    std::size_t count = 0;
    while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
    text.remove_prefix(count);
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  bool leading_zero = text.starts_with('0');
  std::size_t whole = digits();
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

void append(std::string& out, const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      out += "null";
      return;
    case YamlNode::Kind::Scalar:
      if (!node.quoted && (node.text == "true" || node.text == "false" || is_json_number(node.text))) {
        out += node.text;
      } else {
        out += json_quoted(node.text);
      }
      return;
    case YamlNode::Kind::Sequence:
      out += '[';
      for (const YamlNode& item : node.items) {
        if (&item != &node.items.front()) out += ',';
        append(out, item);
      }
      out += ']';
      return;
    case YamlNode::Kind::Mapping:
      break;
  }
  out += '{';
  bool first = true;
  for (const auto& [name, value] : node.members) {
    if (!first) out += ',';
    first = false;
    out.append(json_quoted(name.text)).append(":");
    append(out, value);
  }
  out += '}';
}

}  // namespace

std::string to_json_text(const YamlNode& node) {
  std::string out;
  append(out, node);
  return out;
}

std::string json_quoted(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (byte < 0x20) {
      out.append("\\u00").append({kHex[byte >> 4], kHex[byte & 15]});
    } else {
      out += c;
    }
  }
  return out += '"';
}

}  // namespace faasc
