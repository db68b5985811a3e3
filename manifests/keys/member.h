#pragma once

// Where a checked value goes: the member's type says how it is put there.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "manifests/keys.h"

namespace faasc {

template <typename T>
inline void assign(Located<T>& to, const CheckedValue& from) {
  to.place = from.place;
  if constexpr (std::is_same_v<T, std::string>) {
    to.value = from.text;
  } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
    to.value = std::chrono::milliseconds(from.number);
  } else {
    to.value = static_cast<T>(from.number);
  }
}

inline void assign(Located<Runtime>& to, const CheckedValue& from) {
  std::size_t colon = from.text.find(':');
  std::string_view language = std::string_view(from.text).substr(0, colon);
  to.place = from.place;
  to.value.language = language == "cpp"      ? Language::Cpp
                      : language == "go"     ? Language::Go
                      : language == "binary" ? Language::Binary
                                             : Language::Python;
  if (colon != std::string::npos) to.value.version = from.text.substr(colon + 1);
}

template <typename T>
inline void assign(std::optional<T>& to, const CheckedValue& from) {
  assign(to.emplace(), from);
}

inline void assign(std::vector<Located<std::string>>& to, const CheckedValue& from) {
  to = from.list;
}
inline void assign(Located<std::vector<Located<std::string>>>& to, const CheckedValue& from) {
  to.place = from.place;
  to.value = from.list;
}
inline void assign(std::vector<NamedText>& to, const CheckedValue& from) {
  to = from.map;
}
inline void assign(std::vector<FreeMember>& to, const CheckedValue& from) {
  to = from.free;
}

template <typename Owner, typename T>
Owner owner_of(T Owner::*);

/// For Key::store.
template <auto kMember>
void store(void* owner, const CheckedValue& value) {
  assign(static_cast<decltype(owner_of(kMember))*>(owner)->*kMember, value);
}

template <typename T>
void* open_member(T& member, const SourcePlace&) {
  return &member;
}
template <typename T>
void* open_member(std::optional<Located<T>>& member, const SourcePlace& place) {
  member.emplace().place = place;
  return &member->value;
}
template <typename T>
void* open_member(std::vector<T>& member, const SourcePlace&) {
  return &member.emplace_back();
}

/// For Key::open.
template <auto kMember>
void* open(void* owner, const SourcePlace& place) {
  return open_member(static_cast<decltype(owner_of(kMember))*>(owner)->*kMember, place);
}

}  // namespace faasc
