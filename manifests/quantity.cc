#include "manifests/quantity.h"

#include <charconv>
#include <limits>

namespace faasc {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr std::uint64_t kMiB = 1 << 20;
constexpr Unit kByteUnits[] = {
    {"KiB", 1 << 10}, {"MiB", kMiB},        {"GiB", 1 << 30},  {"Ki", 1 << 10},       {"Mi", kMiB},
    {"Gi", 1 << 30},  {"KB", 1'000},        {"MB", 1'000'000}, {"GB", 1'000'000'000}, {"K", 1'000},
    {"M", 1'000'000}, {"G", 1'000'000'000}, {"", kMiB}};
constexpr Unit kTimeUnits[] = {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"", 1'000}};

template <std::size_t N>
std::optional<std::uint64_t> parse(std::string_view text, const Unit (&units)[N], std::uint64_t limit) {
  std::uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& known : units) {
    if (unit != known.name) continue;
    if (number > limit / known.factor) return std::nullopt;
    return number * known.factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_quantity(std::string_view text) {
  return parse(text, kByteUnits, std::numeric_limits<std::int64_t>::max());
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::optional<std::uint64_t> count = parse(text, kTimeUnits, std::uint64_t{366} * 24 * 3'600'000);
  if (!count) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(*count));
}

std::string quantity_text(std::uint64_t bytes) {
  // The contract speaks of 10240MiB, so GiB is used from there on only where it reads better.
  if (bytes % (std::uint64_t{1} << 30) == 0 && bytes > (std::uint64_t{10} << 30))
    return std::to_string(bytes >> 30) + "GiB";
  if (bytes % kMiB == 0 && bytes > 0) return std::to_string(bytes >> 20) + "MiB";
  if (bytes % 1024 == 0 && bytes > 0) return std::to_string(bytes >> 10) + "KiB";
  return std::to_string(bytes) + "B";
}

std::string duration_text(std::chrono::milliseconds duration) {
  auto count = duration.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + "s" : std::to_string(count) + "ms";
}

}  // namespace faasc
