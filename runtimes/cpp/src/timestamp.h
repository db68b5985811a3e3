#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace faasc::rt {

/// RFC 3339, "2020-01-22T12:34:56.78Z", any number of fractional digits, any offset: nanoseconds since 1970.
/// Nothing where the text is anything else, names a day that does not exist, or does not fit 64 bits (1677 to
/// 2262).
std::optional<std::int64_t> parse_timestamp(std::string_view text);

}  // namespace faasc::rt
