#pragma once

// std::array: an array of that many items.

#include <array>
#include <cstddef>
#include <string>

#include "faasc/rt/typed/core.h"

namespace faasc::rt {

template <class T, std::size_t N>
struct Json<std::array<T, N>> {
  static bool read(JsonReader& in, std::array<T, N>& value) {
    std::string const expected = "array of " + std::to_string(N);
    if (in.next() != JsonReader::Kind::Array) return in.expect(expected);
    JsonReader::Mark const start = in.mark();
    if (!in.enter_array()) return false;
    std::size_t count = 0;
    while (in.next_item()) {
      if (count < N ? !read_json(in, value[count]) : !in.skip_value()) return false;
      ++count;
    }
    if (in.failed()) return false;
    return count == N || (in.rewind(start) && in.complain(expected, "array of " + std::to_string(count)));
  }
  static bool write(JsonOutput& out, std::array<T, N> const& value) { return write_json_items(out, value); }
};

}  // namespace faasc::rt
