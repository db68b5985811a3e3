#include "src/timestamp.h"

namespace faasc::rt {
namespace {

/// Reads from the front of a text; one wrong character and everything after fails too.
struct Scanner {
  std::string_view rest;
  bool ok = true;

  int digits(int count) {
    int value = 0;
    for (; count > 0; --count) {
      if (rest.empty() || rest.front() < '0' || rest.front() > '9') {
        ok = false;
        return 0;
      }
      value = value * 10 + (rest.front() - '0');
      rest.remove_prefix(1);
    }
    return value;
  }
  bool take_any_of(std::string_view choices) {
    bool const found = !rest.empty() && choices.find(rest.front()) != std::string_view::npos;
    if (found) rest.remove_prefix(1);
    return found;
  }
  void expect(std::string_view choices) { ok = take_any_of(choices) && ok; }
};

constexpr bool is_leap(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

constexpr int days_in(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

/// Days from 1970-01-01, by counting leap days up to the year before.
constexpr std::int64_t days_since_1970(int year, int month, int day) {
  auto const leap_days_before = [](std::int64_t y) { return (y - 1) / 4 - (y - 1) / 100 + (y - 1) / 400; };
  std::int64_t days = (std::int64_t{year} - 1970) * 365 + leap_days_before(year) - leap_days_before(1970);
  for (int m = 1; m < month; ++m) days += days_in(year, m);
  return days + day - 1;
}

}  // namespace

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  Scanner in{text};
  int const year = in.digits(4);
  in.expect("-");
  int const month = in.digits(2);
  in.expect("-");
  int const day = in.digits(2);
  in.expect("Tt ");
  int const hour = in.digits(2);
  in.expect(":");
  int const minute = in.digits(2);
  in.expect(":");
  int const second = in.digits(2);
  std::int64_t nanoseconds = 0;
  if (in.take_any_of(".")) {
    std::int64_t unit = 100'000'000;
    do {
      nanoseconds += in.digits(1) * unit;
      unit /= 10;
    } while (in.ok && !in.rest.empty() && in.rest.front() >= '0' && in.rest.front() <= '9');
  }
  int offset_minutes = 0;
  if (!in.take_any_of("Zz")) {
    bool const west = !in.rest.empty() && in.rest.front() == '-';
    in.expect("+-");
    int const hours = in.digits(2);
    in.expect(":");
    int const minutes = in.digits(2);
    in.ok = in.ok && hours <= 23 && minutes <= 59;
    offset_minutes = (west ? -1 : 1) * (hours * 60 + minutes);
  }
  if (!in.ok || !in.rest.empty() || year < 1 || month < 1 || month > 12 || day < 1 ||
      day > days_in(year, month) || hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  std::int64_t const seconds =
      days_since_1970(year, month, day) * 86400 + hour * 3600 + (minute - offset_minutes) * 60 + second;
  std::int64_t result = 0;
  if (__builtin_mul_overflow(seconds, std::int64_t{1'000'000'000}, &result) ||
      __builtin_add_overflow(result, nanoseconds, &result)) {
    return std::nullopt;
  }
  return result;
}

}  // namespace faasc::rt
