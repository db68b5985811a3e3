#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/diagnostics.h"
#include "base/result.h"
#include "packager/spec/codes.h"

// How a file that to_json() wrote is read: every member is asked for once, and what nobody has asked for is
// wrong.

namespace faasc {

using Json = nlohmann::ordered_json;

/// What goes wrong first. The readers below go on with defaults after a failure, which keeps them
/// straight-line code.
struct SpecFailure {
  std::filesystem::path file;
  std::optional<Error> error;

  void fail(const char* code, std::string what) {
    if (error) return;
    error =
        Error{Fault::Input, code, "'" + file.string() + "': " + std::move(what), {}, "build the image again"};
  }
};

enum class Presence : std::uint8_t { Required, Optional };

inline const char* type_name(const Json& value) {
  if (value.is_number() && !value.is_number_integer()) return "a number with a fraction";
  if (value.is_number()) return "a whole number";
  if (value.is_string()) return "a string";
  if (value.is_boolean()) return "true or false";
  if (value.is_array()) return "a list";
  return value.is_object() ? "an object" : "null";
}

/// One JSON object on its way to a struct: whatever nobody asked for by the end was not expected.
class ObjectReader {
 public:
  ObjectReader(SpecFailure& failure, const Json& value, std::string pointer)
      : failure_(failure), value_(value), pointer_(std::move(pointer)) {
    if (!value_.is_object()) wrong_type(pointer_, value_, "an object");
  }

  std::string pointer_to(std::string_view name) const { return pointer_ + "/" + std::string(name); }

  /// Whoever asks for a member knows it, present or not.
  bool has(const char* name) {
    known_.insert(name);
    return value_.is_object() && value_.contains(name);
  }

  const Json* take(const char* name, Presence presence) {
    if (has(name)) return &value_.at(name);
    if (presence == Presence::Required)
      failure_.fail(kSpecWrongMember, "member '" + pointer_to(name) + "' is missing");
    return nullptr;
  }

  void read(const char* name, std::string& into, Presence presence = Presence::Required) {
    const Json* value = take(name, presence);
    if (!value) return;
    if (!value->is_string()) return wrong_type(pointer_to(name), *value, "a string");
    into = value->get<std::string>();
    if (into.find('\0') != std::string::npos)
      failure_.fail(kSpecWrongValue, "'" + pointer_to(name) + "' contains a NUL character");
  }

  void read(const char* name, std::optional<std::string>& into) {
    if (!has(name)) return;
    read(name, into.emplace());
  }

  void read(const char* name, bool& into, Presence presence = Presence::Required) {
    const Json* value = take(name, presence);
    if (!value) return;
    if (!value->is_boolean()) return wrong_type(pointer_to(name), *value, "true or false");
    into = value->get<bool>();
  }

  template <typename Integer>
  void read_integer(const char* name, Integer& into, std::uint64_t least, std::uint64_t most) {
    const Json* value = take(name, Presence::Required);
    if (!value) return;
    if (!value->is_number_integer()) return wrong_type(pointer_to(name), *value, "a whole number");
    // A negative number becomes a very large one here, and is refused as such.
    auto number = value->get<std::uint64_t>();
    if (number < least || number > most)
      return failure_.fail(kSpecWrongValue, "'" + pointer_to(name) + "' is " + value->dump() +
                                                "; allowed is " + std::to_string(least) + " to " +
                                                std::to_string(most));
    into = static_cast<Integer>(number);
  }

  void read(const char* name, std::chrono::milliseconds& into) {
    std::int64_t count = into.count();
    read_integer(name, count, 0, std::uint64_t{24} * 60 * 60 * 1000);
    into = std::chrono::milliseconds(count);
  }

  void read_one_of(const char* name, std::string& into, const std::vector<std::string_view>& allowed) {
    read(name, into);
    if (failure_.error || std::find(allowed.begin(), allowed.end(), into) != allowed.end()) return;
    std::string list;
    for (std::string_view word : allowed)
      list.append(list.empty() ? "" : ", ").append("'").append(word).append("'");
    failure_.fail(kSpecWrongValue, "'" + pointer_to(name) + "' is '" + into + "'; allowed is " + list);
  }

  void read(const char* name, std::vector<std::pair<std::string, std::string>>& into) {
    const Json* list = take(name, Presence::Required);
    if (!list) return;
    if (!list->is_array()) return wrong_type(pointer_to(name), *list, "a list");
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Json& pair = list->at(i);
      if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string())
        return failure_.fail(kSpecWrongMember, "'" + pointer_to(name) + "/" + std::to_string(i) +
                                                   "' is not a list of a name and a value");
      into.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
    }
  }

  /// "body" or "body_base64", whichever there is. True where there was one.
  bool read_bytes(std::string& into) {
    bool found = has("body") || has("body_base64");
    if (has("body") && has("body_base64"))
      failure_.fail(kSpecWrongMember, "'" + pointer_ + "' has both 'body' and 'body_base64'");
    if (const Json* value = take("body", Presence::Optional)) {
      if (!value->is_string())
        wrong_type(pointer_to("body"), *value, "a string");
      else
        into = value->get<std::string>();
    }
    std::string text;
    read("body_base64", text, Presence::Optional);
    if (text.empty()) return found;
    auto bytes = from_base64(text);
    if (!bytes)
      failure_.fail(kSpecWrongValue, "'" + pointer_to("body_base64") + "' is not base64");
    else
      into = std::move(*bytes);
    return found;
  }

  void finish() {
    if (!value_.is_object()) return;
    for (const auto& item : value_.items()) {
      if (known_.contains(item.key())) continue;
      std::vector<std::string_view> known(known_.begin(), known_.end());
      std::string_view near = nearest(item.key(), known);
      return failure_.fail(kSpecWrongMember,
                           "member '" + pointer_to(item.key()) + "' is unknown" +
                               (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"));
    }
  }

  void wrong_type(const std::string& pointer, const Json& value, const char* wanted) {
    failure_.fail(kSpecWrongMember,
                  "'" + pointer + "' is " + type_name(value) + "; it must be " + std::string(wanted));
  }

 private:
  SpecFailure& failure_;
  const Json& value_;
  std::string pointer_;
  std::set<std::string> known_;
};

/// Calls `each` with a reader for every object of the list `name`.
template <typename Each>
void read_list(SpecFailure& failure, ObjectReader& parent, const char* name, Each each) {
  const Json* list = parent.take(name, Presence::Required);
  if (!list) return;
  if (!list->is_array()) return parent.wrong_type(parent.pointer_to(name), *list, "a list");
  for (std::size_t i = 0; i < list->size() && !failure.error; ++i) {
    ObjectReader element(failure, list->at(i), parent.pointer_to(name) + "/" + std::to_string(i));
    each(element);
    element.finish();
  }
}

}  // namespace faasc
