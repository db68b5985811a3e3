#pragma once

// std::vector: an array.

#include <type_traits>
#include <vector>

#include "faasc/rt/typed/core.h"

namespace faasc::rt {

template <class T, class A>
struct Json<std::vector<T, A>> {
  static bool read(JsonReader& in, std::vector<T, A>& value) {
    value.clear();
    if (!in.enter_array()) return false;
    while (in.next_item()) {
      if constexpr (std::is_same_v<T, bool>) {
        bool item = false;
        if (!in.read_bool(item)) return false;
        value.push_back(item);
      } else {
        if (!read_json(in, value.emplace_back())) return false;
      }
    }
    return !in.failed();
  }
  static bool write(JsonOutput& out, std::vector<T, A> const& value) { return write_json_items(out, value); }
};

}  // namespace faasc::rt
