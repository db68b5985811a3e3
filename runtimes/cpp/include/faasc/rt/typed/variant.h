#pragma once

// std::variant: one of several; std::monostate: null.

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

#include "faasc/rt/typed/core.h"

namespace faasc::rt {

template <>
struct Json<std::monostate> {
  static bool read(JsonReader& in, std::monostate&) { return in.read_null(); }
  static bool write(JsonOutput& out, std::monostate) {
    out.text += "null";
    return true;
  }
};

/// The first alternative that fits. Where none does, the complaint of the one that got furthest, or all that
/// was expected.
template <class... Ts>
struct Json<std::variant<Ts...>> {
  static bool read(JsonReader& in, std::variant<Ts...>& value) {
    if (in.failed()) return false;
    JsonReader::Mark const start = in.mark();
    JsonReader::Problem nearest;
    bool final = false;
    auto const attempt = [&](auto index) {
      constexpr std::size_t kIndex = decltype(index)::value;
      if (final) return false;
      if (read_json(in, value.template emplace<kIndex>())) return true;
      JsonReader::Problem const problem = in.problem();
      final = !in.rewind(start);
      if (final) return false;
      if (kIndex == 0 || problem.pointer.size() > nearest.pointer.size()) {
        nearest = problem;
      } else if (problem.pointer.size() == nearest.pointer.size() && problem.pointer == nearest.pointer) {
        nearest.expected += " or " + problem.expected;
      }
      return false;
    };
    return try_each(attempt, std::index_sequence_for<Ts...>()) || (!final && in.refuse(std::move(nearest)));
  }
  static bool write(JsonOutput& out, std::variant<Ts...> const& value) {
    if (value.valueless_by_exception()) return out.fail("a variant has no value");
    return write_each(out, value, std::index_sequence_for<Ts...>());
  }

 private:
  template <class F, std::size_t... I>
  static bool try_each(F& attempt, std::index_sequence<I...>) {
    return (attempt(std::integral_constant<std::size_t, I>()) || ...);
  }
  template <std::size_t... I>
  static bool write_each(JsonOutput& out, std::variant<Ts...> const& value, std::index_sequence<I...>) {
    bool written = false;
    ((value.index() == I && (written = write_json(out, *std::get_if<I>(&value)), true)) || ...);
    return written;
  }
};

}  // namespace faasc::rt
