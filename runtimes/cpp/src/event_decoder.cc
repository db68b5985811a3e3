#include "src/event_decoder.h"

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "src/encodings.h"
#include "src/event_json.h"
#include "src/text.h"

namespace faasc::rt {

using google::cloud::functions::CloudEvent;
using google::cloud::functions::HttpRequest;

namespace {

std::string const* find_header(HttpRequest const& request, std::string_view name) {
  for (auto const& [key, value] : request.headers()) {
    if (same_ignoring_case(key, name)) return &value;
  }
  return nullptr;
}

std::string decoded(std::string_view name, std::string const& value) {
  auto text = decode_header_value(value);
  if (!text) throw std::invalid_argument("header '" + std::string(name) + "' is not UTF-8");
  return std::move(*text);
}

std::string required(HttpRequest const& request, std::string_view name) {
  std::string const* const value = find_header(request, name);
  if (value == nullptr) throw std::invalid_argument("the event has no header '" + std::string(name) + "'");
  return decoded(name, *value);
}

template <typename Use>
void optional(HttpRequest const& request, std::string_view name, Use use) {
  if (std::string const* const value = find_header(request, name)) use(decoded(name, *value));
}

CloudEvent decode_binary(HttpRequest request) {
  std::string id = required(request, "ce-id");
  std::string source = required(request, "ce-source");
  std::string type = required(request, "ce-type");
  std::string version = CloudEvent::kDefaultSpecVersion;
  optional(request, "ce-specversion", [&](std::string value) { version = std::move(value); });
  CloudEvent event(std::move(id), std::move(source), std::move(type), std::move(version));

  std::string const* const content_type = find_header(request, "content-type");
  if (content_type != nullptr) event.set_data_content_type(*content_type);
  // The binding forbids this header, but some senders repeat the content type in it.
  optional(request, "ce-datacontenttype", [&](std::string value) {
    if (content_type != nullptr && *content_type != value) {
      throw std::invalid_argument("'ce-datacontenttype' and 'Content-Type' differ");
    }
    event.set_data_content_type(std::move(value));
  });
  optional(request, "ce-dataschema", [&](std::string value) { event.set_data_schema(std::move(value)); });
  optional(request, "ce-subject", [&](std::string value) { event.set_subject(std::move(value)); });
  optional(request, "ce-time", [&](std::string const& value) { event.set_time(value); });
  if (find_header(request, "content-length") != nullptr || !request.payload().empty()) {
    event.set_data(std::move(request).payload());
  }
  return event;
}

}  // namespace

std::size_t memory_for_events(HttpRequest const& request) {
  constexpr std::size_t kSmall = 64 << 10;
  if (request.payload().size() < kSmall) return 0;
  std::string const* const type = find_header(request, "content-type");
  bool const json = type != nullptr && (starts_with_ignoring_case(*type, "application/json") ||
                                        starts_with_ignoring_case(*type, "application/cloudevents"));
  return json ? json_shape(request.payload()).memory : 0;
}

std::vector<CloudEvent> decode_events(HttpRequest request) {
  std::string const* const header = find_header(request, "content-type");
  std::string_view const type = header == nullptr ? std::string_view() : *header;
  std::vector<CloudEvent> events;
  if (starts_with_ignoring_case(type, "application/cloudevents-batch")) {
    Json const json = parse_json(request.payload());
    if (!json.is_array()) throw std::invalid_argument("a batch of events must be a JSON array");
    events.reserve(json.size());
    for (Json const& element : json) events.push_back(unwrap_storage_notification(event_from_json(element)));
  } else if (starts_with_ignoring_case(type, "application/cloudevents")) {
    events.push_back(unwrap_storage_notification(event_from_json(parse_json(request.payload()))));
  } else if (starts_with_ignoring_case(type, "application/json") &&
             (find_header(request, "ce-id") == nullptr || find_header(request, "ce-source") == nullptr ||
              find_header(request, "ce-type") == nullptr)) {
    events.push_back(event_from_legacy_json(parse_json(request.payload())));
  } else {
    events.push_back(unwrap_storage_notification(decode_binary(std::move(request))));
  }
  return events;
}

}  // namespace faasc::rt
