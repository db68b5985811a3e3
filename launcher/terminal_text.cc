#include "launcher/terminal_text.h"

#include <cstdint>
#include <cstdio>

namespace faasc {
namespace {

/// The length of the UTF-8 sequence at the front of `text`, or 0 where there is none (RFC 3629: no overlong
/// forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view text) {
  auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0u; };
  auto continues = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    bool allowed = !(first == 0xE0 && byte(1) < 0xA0) && !(first == 0xED && byte(1) > 0x9F);
    return allowed && continues(1) && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    bool allowed = !(first == 0xF0 && byte(1) < 0x90) && !(first == 0xF4 && byte(1) > 0x8F);
    return allowed && continues(1) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

/// The length of a colour sequence, ESC [ digits and semicolons m, at the front of `text`, or 0.
std::size_t colour_length(std::string_view text) {
  constexpr std::size_t kLongest = 32;
  if (!text.starts_with("\x1b[")) return 0;
  std::size_t end = text.find_first_not_of("0123456789;", 2);
  return end != std::string_view::npos && end < kLongest && text[end] == 'm' ? end + 1 : 0;
}

}  // namespace

std::string terminal_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    std::size_t length = colour_length(text);
    auto first = static_cast<std::uint8_t>(text[0]);
    // C1 controls: terminals take U+009B for ESC [.
    bool c1 = text.size() > 1 && first == 0xC2 && static_cast<std::uint8_t>(text[1]) < 0xA0;
    if (length == 0 && (first >= 0x20 || first == '\t') && first != 0x7f && !c1) length = utf8_length(text);
    if (length > 0) {
      out.append(text.substr(0, length));
    } else if (first < 0x20 || first == 0x7f) {
      out += '^';
      out += static_cast<char>(first ^ 0x40);
      length = 1;
    } else {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\x%02x", first);
      out += escaped;
      length = 1;
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace faasc
