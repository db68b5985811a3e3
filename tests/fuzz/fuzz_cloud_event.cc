#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "src/event_decoder.h"

// A request to a function that takes events: the lines of a header up to a blank one, then the body. Whatever
// it is, it is events or std::invalid_argument; and an event that was read, written down in the JSON format,
// is read back as the same.

namespace {

using google::cloud::functions::CloudEvent;
using google::cloud::functions::HttpRequest;

HttpRequest request_of(std::string_view text) {
  HttpRequest request;
  request.set_verb("POST").set_target("/");
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) break;
    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    request.add_header(std::string(line.substr(0, colon)), std::string(line.substr(colon + 1)));
  }
  request.set_payload(std::string(text));
  return request;
}

bool is_utf8(const std::string& text) {
  return nlohmann::json::accept(
             nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore)) &&
         nlohmann::json::parse(
             nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore)) == text;
}

/// False where the event holds bytes that have no place in a JSON string.
bool write_event(const CloudEvent& event, std::string& out) {
  nlohmann::json json{{"id", event.id()},
                      {"source", event.source()},
                      {"type", event.type()},
                      {"specversion", event.spec_version()}};
  if (auto value = event.data_content_type()) json["datacontenttype"] = *value;
  if (auto value = event.data_schema()) json["dataschema"] = *value;
  if (auto value = event.subject()) json["subject"] = *value;
  if (auto value = event.data()) json["data"] = *value;
  for (const auto& [name, value] : json.items())
    if (!is_utf8(value.get<std::string>())) return false;
  out = json.dump();
  return true;
}

bool same(const CloudEvent& a, const CloudEvent& b) {
  return a.id() == b.id() && a.source() == b.source() && a.type() == b.type() &&
         a.spec_version() == b.spec_version() && a.data_content_type() == b.data_content_type() &&
         a.data_schema() == b.data_schema() && a.subject() == b.subject() && a.data() == b.data();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    HttpRequest request = request_of({reinterpret_cast<const char*>(data), size});
    for (const CloudEvent& event : faasc::rt::decode_events(std::move(request))) {
      std::string text;
      // A Pub/Sub message may be a notification inside, which reading it again would unpack.
      if (event.type() == "google.cloud.pubsub.topic.v1.messagePublished" || !write_event(event, text))
        continue;
      HttpRequest again;
      again.set_verb("POST").set_target("/").add_header("Content-Type", "application/cloudevents+json");
      again.set_payload(text);
      auto events = faasc::rt::decode_events(std::move(again));
      if (events.size() != 1 || !same(events[0], event)) std::abort();
    }
  } catch (const std::invalid_argument& refused) {
    if (refused.what()[0] == '\0') std::abort();
  }
  return 0;
}
