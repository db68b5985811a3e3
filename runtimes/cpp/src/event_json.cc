#include "src/event_json.h"

#include <stdexcept>

#include "src/encodings.h"

namespace faasc::rt {

using google::cloud::functions::CloudEvent;

namespace {

constexpr int kMaxDepth = 200;

std::string required(Json const& json, char const* name) {
  auto const found = json.find(name);
  if (found == json.end() || !found->is_string()) {
    throw std::invalid_argument(std::string("the event has no '") + name + "', or it is not a string");
  }
  return found->get<std::string>();
}

/// Calls `use` with the attribute where there is one. null counts as absent.
template <typename Use>
void optional_string(Json const& json, char const* name, Use use) {
  auto const found = json.find(name);
  if (found == json.end() || found->is_null()) return;
  if (!found->is_string())
    throw std::invalid_argument(std::string("the event's '") + name + "' is not a string");
  use(found->get<std::string>());
}

}  // namespace

JsonShape json_shape(std::string_view text) {
  // A value in an array, with what the array has in reserve; an array or an object; a member, with its key.
  constexpr std::size_t kValue = 24, kContainer = 64, kMember = 96;
  JsonShape shape{0, text.size()};
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char const c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
      continue;
    }
    switch (c) {
      case '"':
        in_string = true;
        break;
      case '[':
      case '{':
        shape.memory += kContainer;
        if (++depth > shape.depth) shape.depth = depth;
        if (depth > kMaxDepth) return shape;
        break;
      case ']':
      case '}':
        --depth;
        break;
      case ',':
        shape.memory += kValue;
        break;
      case ':':
        shape.memory += kMember;
        break;
      default:
        break;
    }
  }
  return shape;
}

Json parse_json(std::string_view text) {
  // Found out beforehand: the parser would first take memory for every level.
  if (json_shape(text).depth > kMaxDepth)
    throw std::invalid_argument("the JSON is nested deeper than " + std::to_string(kMaxDepth) + " levels");
  Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  if (json.is_discarded()) throw std::invalid_argument("the body is not JSON");
  return json;
}

std::string string_or_empty(Json const& object, std::string_view name) {
  if (!object.is_object()) return {};
  auto const found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

CloudEvent event_from_json(Json const& json) {
  if (!json.is_object()) throw std::invalid_argument("the event is not a JSON object");
  std::string id = required(json, "id");
  std::string source = required(json, "source");
  std::string type = required(json, "type");
  std::string version = CloudEvent::kDefaultSpecVersion;
  optional_string(json, "specversion", [&](std::string value) { version = std::move(value); });
  CloudEvent event(std::move(id), std::move(source), std::move(type), std::move(version));

  optional_string(json, "datacontenttype",
                  [&](std::string value) { event.set_data_content_type(std::move(value)); });
  optional_string(json, "dataschema", [&](std::string value) { event.set_data_schema(std::move(value)); });
  optional_string(json, "subject", [&](std::string value) { event.set_subject(std::move(value)); });
  optional_string(json, "time", [&](std::string const& value) { event.set_time(value); });
  if (auto const data = json.find("data"); data != json.end() && !data->is_null()) {
    event.set_data(data->is_string() ? data->get<std::string>() : data->dump());
  } else {
    optional_string(json, "data_base64", [&](std::string const& value) {
      auto bytes = decode_base64(value);
      if (!bytes) throw std::invalid_argument("the event's 'data_base64' is not base64");
      event.set_data(std::move(*bytes));
    });
  }
  return event;
}

}  // namespace faasc::rt
