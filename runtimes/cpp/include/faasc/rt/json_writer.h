#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace faasc::rt {

/// Appends `text` as a JSON string. Bytes that are not UTF-8 become U+FFFD, so the result is always valid
/// JSON.
void append_json_string(std::string& out, std::string_view text);

void append_json_signed(std::string& out, std::int64_t value);
void append_json_unsigned(std::string& out, std::uint64_t value);

/// The fewest digits that read back as the same value. False, and nothing appended, for what JSON does not
/// have: infinity and NaN.
bool append_json_double(std::string& out, double value);
bool append_json_float(std::string& out, float value);

}  // namespace faasc::rt
