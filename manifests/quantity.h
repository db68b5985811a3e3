#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace faasc {

/// A number of bytes: digits and KiB, MiB, GiB (also Ki, Mi, Gi), or the decimal KB, MB, GB (also K, M, G).
/// Bare digits are MiB. Nothing for any other text, and for what does not fit.
std::optional<std::uint64_t> parse_quantity(std::string_view text);

/// A length of time: digits and ms, s, m or h; bare digits are seconds. Nothing for any other text, and for
/// more than a year.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// In the largest unit that leaves no remainder: "64MiB", "1536B".
std::string quantity_text(std::uint64_t bytes);
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace faasc
