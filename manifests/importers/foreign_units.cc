#include "manifests/importers/foreign_units.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace faasc {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};
constexpr double kKi = 1024, kMi = kKi * 1024, kGi = kMi * 1024, kTi = kGi * 1024;
constexpr double kMost = 9e15;  // exact as a double

// The digits at the front of the text, which is left without them.
std::optional<double> take_number(std::string_view& text) {
  if (text.empty() || !((text.front() >= '0' && text.front() <= '9') || text.front() == '.'))
    return std::nullopt;
  double number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || !(number >= 0) || number > kMost) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

template <std::size_t N>
std::optional<double> parse(std::string_view text, const Unit (&units)[N]) {
  std::optional<double> number = take_number(text);
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name != text) continue;
    double product = *number * unit.factor;
    return product <= kMost ? std::optional(product) : std::nullopt;
  }
  return std::nullopt;
}

template <std::size_t N>
std::optional<std::uint64_t> parse_bytes(std::string_view text, const Unit (&units)[N]) {
  std::optional<double> bytes = parse(text, units);
  if (!bytes) return std::nullopt;
  return static_cast<std::uint64_t>(std::ceil(*bytes));
}

}  // namespace

std::optional<std::uint64_t> parse_kubernetes_bytes(std::string_view text) {
  constexpr Unit kUnits[] = {{"", 1},     {"k", 1e3},  {"M", 1e6},  {"G", 1e9},  {"T", 1e12},
                             {"Ki", kKi}, {"Mi", kMi}, {"Gi", kGi}, {"Ti", kTi}, {"m", 1e-3}};
  return parse_bytes(text, kUnits);
}

std::optional<int> parse_kubernetes_cpus(std::string_view text) {
  constexpr Unit kUnits[] = {{"", 1}, {"m", 1e-3}};
  std::optional<double> cpus = parse(text, kUnits);
  if (!cpus || *cpus > 1e6) return std::nullopt;
  return static_cast<int>(std::ceil(*cpus));
}

std::optional<std::uint64_t> parse_qemu_bytes(std::string_view text) {
  constexpr Unit kUnits[] = {{"", 1},    {"k", kKi}, {"K", kKi}, {"m", kMi}, {"M", kMi},
                             {"g", kGi}, {"G", kGi}, {"t", kTi}, {"T", kTi}};
  return parse_bytes(text, kUnits);
}

std::optional<std::chrono::milliseconds> parse_go_duration(std::string_view text) {
  constexpr Unit kUnits[] = {{"ns", 1e-6}, {"us", 1e-3}, {"µs", 1e-3}, {"ms", 1},
                             {"s", 1e3},   {"m", 6e4},   {"h", 3.6e6}};
  if (text.empty()) return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    std::size_t unit_start = text.find_first_not_of("0123456789.");
    if (unit_start == std::string_view::npos) return std::nullopt;
    std::size_t end = std::min(text.find_first_of("0123456789.", unit_start), text.size());
    std::optional<double> part = parse(text.substr(0, end), kUnits);
    if (!part || sum + *part > kMost) return std::nullopt;
    sum += *part;
    text.remove_prefix(end);
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(sum)));
}

}  // namespace faasc
