#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace faasc::rt {

/// Standard base64, with or without its padding; nothing where there is any other character, or a length that
/// no encoder makes.
std::optional<std::string> decode_base64(std::string_view text);

/// With padding.
std::string encode_base64(std::string_view bytes);

/// A name or value of a query string: '+' is a space, %XX a byte. A '%' not followed by two hexadecimal
/// digits stays what it is.
std::string decode_form(std::string_view text);

/// The value of a ce-* header: unquoted where quoted, then %XX decoded once. A '%' not followed by two
/// hexadecimal digits stays what it is. Nothing where the result is not UTF-8.
std::optional<std::string> decode_header_value(std::string_view value);

}  // namespace faasc::rt
