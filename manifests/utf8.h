#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace faasc {

/// The offset of the first byte that is not part of well-formed UTF-8 (RFC 3629: no surrogates, no overlong
/// forms).
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// The character at the front of well-formed UTF-8, and how many bytes it takes; `text` is not empty.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;
};
CodePoint first_code_point(std::string_view text);

/// Whether YAML 1.2 allows the character in a file as it is (production c-printable), and it is no byte order
/// mark, which has no place but the front of a file.
bool is_yaml_printable(char32_t character);

/// Whether the character looks like a space, or like nothing at all, and is none to YAML: U+00A0, U+200B, …
bool is_false_space(char32_t character);

/// "U+FEFF".
std::string code_point_name(char32_t character);

/// Replaces each pair of surrogates that was encoded as two characters of three bytes (CESU-8) with the one
/// it stands for.
void join_surrogates(std::string& text);

}  // namespace faasc
