#include "faasc/rt/json_writer.h"

#include <charconv>
#include <cmath>

namespace faasc::rt {
namespace {

template <typename Number>
void append(std::string& out, Number value) {
  char digits[40];
  auto const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

}  // namespace

void append_json_signed(std::string& out, std::int64_t value) {
  append(out, value);
}

void append_json_unsigned(std::string& out, std::uint64_t value) {
  append(out, value);
}

bool append_json_double(std::string& out, double value) {
  if (!std::isfinite(value)) return false;
  append(out, value);
  return true;
}

bool append_json_float(std::string& out, float value) {
  if (!std::isfinite(value)) return false;
  append(out, value);
  return true;
}

}  // namespace faasc::rt
