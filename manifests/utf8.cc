#include "manifests/utf8.h"

#include <cstdint>

namespace faasc {

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    std::uint8_t lead = byte(i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    // The second byte's range rules out overlong forms, surrogates and what lies beyond U+10FFFF (RFC 3629,
    // section 4).
    std::size_t length = 0;
    std::uint8_t least = 0x80, most = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      length = 3;
      if (lead == 0xE0) least = 0xA0;
      if (lead == 0xED) most = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      length = 4;
      if (lead == 0xF0) least = 0x90;
      if (lead == 0xF4) most = 0x8F;
    } else {
      return i;
    }
    if (i + length > text.size() || byte(i + 1) < least || byte(i + 1) > most) return i;
    for (std::size_t k = 2; k < length; ++k) {
      if ((byte(i + k) & 0xC0) != 0x80) return i;
    }
    i += length;
  }
  return std::nullopt;
}

CodePoint first_code_point(std::string_view text) {
  auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  std::uint8_t lead = byte(0);
  std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 1 || length > text.size()) return {lead, 1};
  char32_t value = lead & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) value = value << 6 | (byte(i) & 0x3FU);
  return {value, length};
}

bool is_yaml_printable(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7E) || c == 0x85 ||
         (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD && c != 0xFEFF) || c >= 0x10000;
}

bool is_false_space(char32_t c) {
  return c == 0x85 || c == 0xA0 || c == 0xAD || c == 0x1680 || (c >= 0x2000 && c <= 0x200F) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || (c >= 0x205F && c <= 0x2064) || c == 0x3000 || c == 0xFEFF;
}

std::string code_point_name(char32_t character) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string digits;
  for (std::uint32_t rest = character; rest > 0 || digits.size() < 4; rest >>= 4)
    digits.insert(digits.begin(), kHex[rest & 15]);
  return "U+" + digits;
}

void join_surrogates(std::string& text) {
  auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  auto surrogate = [&](std::size_t i, std::uint8_t least, std::uint8_t most) {
    return byte(i) == 0xED && byte(i + 1) >= least && byte(i + 1) <= most && (byte(i + 2) & 0xC0) == 0x80;
  };
  for (std::size_t i = 0; i + 6 <= text.size(); ++i) {
    if (!surrogate(i, 0xA0, 0xAF) || !surrogate(i + 3, 0xB0, 0xBF)) continue;
    std::uint32_t high = (byte(i + 1) & 0x0FU) << 6 | (byte(i + 2) & 0x3FU);
    std::uint32_t low = (byte(i + 4) & 0x0FU) << 6 | (byte(i + 5) & 0x3FU);
    std::uint32_t point = 0x10000 + (high << 10 | low);
    const char joined[] = {
        static_cast<char>(0xF0 | point >> 18), static_cast<char>(0x80 | (point >> 12 & 0x3F)),
        static_cast<char>(0x80 | (point >> 6 & 0x3F)), static_cast<char>(0x80 | (point & 0x3F))};
    text.replace(i, 6, joined, 4);
  }
}

}  // namespace faasc
