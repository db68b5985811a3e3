#pragma once

// std::optional: null, or a member that is not there.

#include <optional>

#include "faasc/rt/typed/core.h"

namespace faasc::rt {

template <class T>
struct Json<std::optional<T>> {
  static bool read(JsonReader& in, std::optional<T>& value) {
    if (in.next() == JsonReader::Kind::Null) {
      value.reset();
      return in.read_null();
    }
    return read_json(in, value.emplace());
  }
  static bool write(JsonOutput& out, std::optional<T> const& value) {
    if (value) return write_json(out, *value);
    out.text += "null";
    return true;
  }
};

template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

}  // namespace faasc::rt
