#include "launcher/json_match.h"

#include <nlohmann/json.hpp>

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;
using Pointer = Json::json_pointer;

std::string text_of(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<JsonMismatch> match(const Json& expected, const Json& found, const Pointer& at) {
  if (expected.is_object() && found.is_object()) {
    for (const auto& item : expected.items()) {
      auto member = found.find(item.key());
      if (member == found.end())
        return JsonMismatch{(at / item.key()).to_string(), text_of(item.value()), "nothing"};
      if (auto mismatch = match(item.value(), *member, at / item.key())) return mismatch;
    }
    return std::nullopt;
  }
  if (expected.is_array() && found.is_array() && expected.size() == found.size()) {
    for (std::size_t i = 0; i < expected.size(); ++i)
      if (auto mismatch = match(expected[i], found[i], at / i)) return mismatch;
    return std::nullopt;
  }
  if (expected == found) return std::nullopt;
  return JsonMismatch{at.to_string(), text_of(expected), text_of(found)};
}

}  // namespace

std::optional<JsonMismatch> match_json(std::string_view expected, std::string_view found) {
  Json wanted = Json::parse(expected, nullptr, false);
  Json got = Json::parse(found, nullptr, false);
  if (wanted.is_discarded())
    return JsonMismatch{"", std::string(expected) + " (which is not JSON)", std::string(found)};
  if (got.is_discarded()) return JsonMismatch{"", text_of(wanted), "not JSON: " + std::string(found)};
  return match(wanted, got, Pointer());
}

}  // namespace faasc
