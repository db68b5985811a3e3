#pragma once

// What the JSON binding that faasc generates for a plain function stands on. C++17.
//
// The generated code tells of each class its members, and of each enumeration its names:
//
//   template <> struct Fields<::shop::Order> {
//     template <class F> static bool each(F&& use) {
//       return use("id", &::shop::Order::id, true) && use("note", &::shop::Order::note, false);
//     }
//     static constexpr std::size_t kCount = 2;
//   };
//   template <> struct Names<::shop::Size> {
//     static constexpr Named<::shop::Size> kAll[] = {{"small", ::shop::Size::small}};
//   };
//
// Nothing here throws, so that it compiles with -fno-exceptions. It stands behind the user's code, which is
// not to wait for headers that it does not include itself: the types of the standard library are read and
// written by headers of their own, beside this one.

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "faasc/rt/json_reader.h"
#include "faasc/rt/json_writer.h"

namespace faasc::rt {

template <class T>
struct Fields;  ///< specialised by the generated code

template <class E>
struct Named {
  std::string_view name;
  E value;
};
template <class E>
struct Names;  ///< specialised by the generated code

/// Where a result goes. `trouble` says why it cannot be written.
struct JsonOutput {
  std::string text;
  std::string trouble;

  bool fail(std::string why) {
    if (trouble.empty()) trouble = std::move(why);
    return false;
  }
};

template <class T, class = void>
struct Json;

template <class T>
bool read_json(JsonReader& in, T& value) {
  return Json<T>::read(in, value);
}
template <class T>
bool write_json(JsonOutput& out, T const& value) {
  return Json<T>::write(out, value);
}

/// What a reader of nothing complains about.
template <class T>
std::string expected_for(T& value) {
  JsonReader nothing("");
  read_json(nothing, value);
  return nothing.problem().expected;
}

template <>
struct Json<bool> {
  static bool read(JsonReader& in, bool& value) { return in.read_bool(value); }
  static bool write(JsonOutput& out, bool value) {
    out.text += value ? "true" : "false";
    return true;
  }
};

template <class T>
struct Json<T, std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>>> {
  static bool read(JsonReader& in, T& value) {
    if constexpr (std::is_signed_v<T>) {
      constexpr auto kMost = static_cast<std::int64_t>((std::uint64_t{1} << (8 * sizeof(T) - 1)) - 1);
      std::int64_t wide = 0;
      if (!in.read_signed(wide, -kMost - 1, kMost)) return false;
      value = static_cast<T>(wide);
    } else {
      std::uint64_t wide = 0;
      if (!in.read_unsigned(wide, static_cast<T>(~T{0}))) return false;
      value = static_cast<T>(wide);
    }
    return true;
  }
  static bool write(JsonOutput& out, T value) {
    if constexpr (std::is_signed_v<T>) {
      append_json_signed(out.text, value);
    } else {
      append_json_unsigned(out.text, value);
    }
    return true;
  }
};

template <class T>
struct Json<T, std::enable_if_t<std::is_floating_point_v<T>>> {
  static bool read(JsonReader& in, T& value) {
    double wide = 0;
    if (!in.read_double(wide)) return false;
    if constexpr (sizeof(T) < sizeof(double)) {
      constexpr double kMost = __FLT_MAX__;
      if (wide > kMost || wide < -kMost) return in.complain("number that fits a float", "a larger one");
    }
    value = static_cast<T>(wide);
    return true;
  }
  static bool write(JsonOutput& out, T value) {
    bool written = false;
    if constexpr (sizeof(T) < sizeof(double)) {
      written = append_json_float(out.text, value);
    } else {
      written = append_json_double(out.text, static_cast<double>(value));
    }
    return written || out.fail("a number is infinite or NaN, which JSON does not have");
  }
};

template <>
struct Json<std::string> {
  static bool read(JsonReader& in, std::string& value) { return in.read_string(value); }
  static bool write(JsonOutput& out, std::string_view value) {
    append_json_string(out.text, value);
    return true;
  }
};

template <>
struct Json<std::string_view> {
  static bool write(JsonOutput& out, std::string_view value) { return Json<std::string>::write(out, value); }
};

template <class E>
struct Json<E, std::enable_if_t<std::is_enum_v<E>>> {
  static bool read(JsonReader& in, E& value) {
    std::string expected;
    for (auto const& known : Names<E>::kAll)
      expected.append(expected.empty() ? "one of " : ", ").append(known.name);
    if (in.next() != JsonReader::Kind::String) return in.expect(expected);
    std::string name;
    if (!in.read_string(name)) return false;
    for (auto const& known : Names<E>::kAll) {
      if (known.name != name) continue;
      value = known.value;
      return true;
    }
    if (name.size() > 32) name.resize(32);
    return in.complain(expected, "string " + name);
  }
  static bool write(JsonOutput& out, E value) {
    for (auto const& known : Names<E>::kAll) {
      if (known.value != value) continue;
      append_json_string(out.text, known.name);
      return true;
    }
    std::string number;
    append_json_signed(number, static_cast<std::int64_t>(value));
    return out.fail("an enumeration has the value " + number + ", which has no name");
  }
};

template <class Items>
bool write_json_items(JsonOutput& out, Items const& items) {
  out.text += '[';
  bool first = true;
  for (auto const& item : items) {
    if (!first) out.text += ',';
    first = false;
    if (!write_json(out, static_cast<typename Items::value_type const&>(item))) return false;
  }
  out.text += ']';
  return true;
}

template <class Map>
struct JsonMap {
  static bool read(JsonReader& in, Map& value) {
    value.clear();
    if (!in.enter_object()) return false;
    std::string key;
    while (in.next_member(key)) {
      auto const [at, fresh] = value.try_emplace(key);
      if (!fresh) return in.duplicate();
      if (!read_json(in, at->second)) return false;
    }
    return !in.failed();
  }
  static bool write(JsonOutput& out, Map const& value) {
    out.text += '{';
    bool first = true;
    for (auto const& [key, item] : value) {
      if (!first) out.text += ',';
      first = false;
      append_json_string(out.text, key);
      out.text += ':';
      if (!write_json(out, item)) return false;
    }
    out.text += '}';
    return true;
  }
};

template <class T>
struct IsOptional : std::false_type {};
/// Everything else is a class whose members the generated code has told. Members that it does not have are
/// passed over, so that a client may know more than the function.
template <class T, class>
struct Json {
  static bool read(JsonReader& in, T& value) {
    if (!in.enter_object()) return false;
    bool seen[Fields<T>::kCount + 1] = {};
    NameSet others;
    std::string key;
    while (in.next_member(key)) {
      std::size_t index = 0;
      bool known = false;
      bool const read = Fields<T>::each([&](std::string_view name, auto member, bool) {
        if (known || name != key) {
          ++index;
          return true;
        }
        known = true;
        if (seen[index]) return in.duplicate();
        seen[index] = true;
        return read_json(in, value.*member);
      });
      if (!read) return false;
      if (known) continue;
      if (!others.insert(key)) return in.duplicate();
      if (!in.skip_value()) return false;
    }
    if (in.failed()) return false;
    std::size_t index = 0;
    return Fields<T>::each([&](std::string_view name, auto member, bool required) {
      return seen[index++] || !required || in.missing(name, expected_for(value.*member));
    });
  }

  static bool write(JsonOutput& out, T const& value) {
    out.text += '{';
    bool first = true;
    bool const written = Fields<T>::each([&](std::string_view name, auto member, bool) {
      auto const& item = value.*member;
      using Item = std::decay_t<decltype(item)>;
      if constexpr (IsOptional<Item>::value) {
        if (!item) return true;
      }
      if (!first) out.text += ',';
      first = false;
      append_json_string(out.text, name);
      out.text += ':';
      return write_json(out, item);
    });
    out.text += '}';
    return written;
  }
};

/// What came of one call.
struct TypedAnswer {
  int status = 200;
  bool failed = false;   ///< the function returned an error
  bool has_body = true;  ///< false: it returns nothing
  JsonOutput body;
};

/// One call: reads the argument, calls, writes the result. Returns without having called where `in` has
/// failed then.
using TypedCall = void (*)(JsonReader& in, TypedAnswer& answer);

/// Serves it like serve() in faasc/rt/serve.h. `openapi` is the document to show at /openapi.json; null:
/// none.
int serve_typed(int argc, char** argv, TypedCall call, bool takes_body, char const* openapi);

template <class T, class = void>
struct IsExpected : std::false_type {};
template <class T>
struct IsExpected<
    T, std::void_t<decltype(std::declval<T const&>().has_value()), decltype(std::declval<T const&>().value()),
                   decltype(std::declval<T const&>().error())>> : std::true_type {};

template <class E, class = void>
struct HasStatus : std::false_type {};
template <class E>
struct HasStatus<
    E, std::enable_if_t<std::is_integral_v<std::decay_t<decltype(std::declval<E const&>().status)>>>>
    : std::true_type {};

template <class E>
void answer_error(E const& error, TypedAnswer& answer) {
  answer.failed = true;
  answer.status = 500;
  if constexpr (HasStatus<E>::value) {
    if (error.status >= 400 && error.status <= 599) answer.status = static_cast<int>(error.status);
  }
  if constexpr (std::is_class_v<E> && !std::is_same_v<E, std::string> &&
                !std::is_same_v<E, std::string_view>) {
    write_json(answer.body, error);
  } else {
    answer.body.text = "{\"error\":";
    write_json(answer.body, error);
    answer.body.text += '}';
  }
}

template <class R>
void answer_result(R const& result, TypedAnswer& answer) {
  if constexpr (IsExpected<R>::value) {
    if (!result.has_value()) {
      answer_error<std::decay_t<decltype(result.error())>>(result.error(), answer);
    } else if constexpr (std::is_void_v<decltype(result.value())>) {
      answer.has_body = false;
    } else {
      answer_result<std::decay_t<decltype(result.value())>>(result.value(), answer);
    }
  } else {
    write_json(answer.body, result);
  }
}

template <class R, class F>
void answer_call(F&& call, TypedAnswer& answer) {
  if constexpr (std::is_void_v<R>) {
    call();
    answer.has_body = false;
  } else {
    auto&& result = call();
    answer_result<std::decay_t<R>>(result, answer);
  }
}

template <auto kHandler, class R>
TypedCall typed_call(R (*)()) {
  return [](JsonReader&, TypedAnswer& answer) { answer_call<R>([]() -> R { return kHandler(); }, answer); };
}

template <auto kHandler, class R, class A>
TypedCall typed_call(R (*)(A)) {
  return [](JsonReader& in, TypedAnswer& answer) {
    std::decay_t<A> argument{};
    if (!read_json(in, argument) || !in.finish()) return;
    answer_call<R>([&]() -> R { return kHandler(static_cast<A&&>(argument)); }, answer);
  };
}

}  // namespace faasc::rt
