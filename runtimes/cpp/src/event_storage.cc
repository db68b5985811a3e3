#include <string>
#include <string_view>
#include <utility>

#include "src/encodings.h"
#include "src/event_json.h"

namespace faasc::rt {

using google::cloud::functions::CloudEvent;

namespace {

std::string_view storage_event_type(std::string_view notification) {
  if (notification == "OBJECT_FINALIZE") return "google.cloud.storage.object.v1.finalized";
  if (notification == "OBJECT_METADATA_UPDATE") return "google.cloud.storage.object.v1.metadataUpdated";
  if (notification == "OBJECT_DELETE") return "google.cloud.storage.object.v1.deleted";
  if (notification == "OBJECT_ARCHIVE") return "google.cloud.storage.object.v1.archived";
  return {};
}

}  // namespace

CloudEvent unwrap_storage_notification(CloudEvent event) {
  if (event.type() != "google.cloud.pubsub.topic.v1.messagePublished") return event;
  if (event.data_content_type().value_or("") != "application/json") return event;
  Json const payload = parse_json(event.data().value_or("{}"));
  if (!payload.is_object() || !payload.contains("message")) return event;
  Json const& message = payload.at("message");
  if (!message.is_object() || !message.contains("attributes") || !message.contains("data")) return event;
  Json const& attributes = message.at("attributes");
  if (!attributes.is_object()) return event;
  for (char const* const name : {"notificationConfig", "bucketId", "objectId", "objectGeneration"}) {
    if (!attributes.contains(name)) return event;
  }
  if (string_or_empty(attributes, "payloadFormat") != "JSON_API_V1") return event;
  std::string_view const type = storage_event_type(string_or_empty(attributes, "eventType"));
  if (type.empty()) return event;
  auto data = decode_base64(string_or_empty(message, "data"));
  if (!data) throw std::invalid_argument("the notification's 'message.data' is not base64");

  CloudEvent storage(event.id(),
                     "//storage.googleapis.com/projects/_/buckets/" + string_or_empty(attributes, "bucketId"),
                     std::string(type), event.spec_version());
  storage.set_data_content_type("application/json");
  storage.set_data_schema("google.events.cloud.storage.v1.StorageObjectData");
  storage.set_subject("objects/" + string_or_empty(attributes, "objectId"));
  if (auto const time = event.time()) storage.set_time(*time);
  storage.set_data(std::move(*data));
  return storage;
}

}  // namespace faasc::rt
