#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "google/cloud/functions/cloud_event.h"

namespace faasc::rt {

using Json = nlohmann::json;

/// Throws std::invalid_argument for what is not JSON, and for nesting deeper than 200: printing such a value
/// again would need a deep stack.
Json parse_json(std::string_view text);

/// What can be told of a JSON text without reading it: how deep it is nested, and about how many bytes
/// parse_json() takes for it.
struct JsonShape {
  int depth = 0;  ///< not told beyond what parse_json() takes
  std::size_t memory = 0;
};
JsonShape json_shape(std::string_view text);

/// The string at `name`; empty where there is none.
std::string string_or_empty(Json const& object, std::string_view name);

/// One event of the JSON format.
google::cloud::functions::CloudEvent event_from_json(Json const& json);

/// An event as Google's functions received it before CloudEvents: {"context":{...},"data":{...}} or its flat
/// predecessor.
google::cloud::functions::CloudEvent event_from_legacy_json(Json const& json);

/// `event` itself, or the Cloud Storage event that it carries as a Pub/Sub notification.
google::cloud::functions::CloudEvent unwrap_storage_notification(google::cloud::functions::CloudEvent event);

}  // namespace faasc::rt
