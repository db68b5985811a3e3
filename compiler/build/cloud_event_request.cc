#include "compiler/build/cloud_event_request.h"

#include <nlohmann/json.hpp>

namespace faasc {
namespace {

// Printable ASCII but space, quote and percent stands for itself (protocol binding, section 3.1.3.2).
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '"' && c != '%') {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

}  // namespace

void add_cloud_event(const TestEvent& event, SmokeTest& test) {
  std::vector<std::pair<std::string, std::string>> attributes{{"specversion", *event.specversion},
                                                              {"id", *event.id},
                                                              {"source", *event.source},
                                                              {"type", *event.type}};
  auto add_optional = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) attributes.emplace_back(name, value);
  };
  add_optional("subject", *event.subject);
  add_optional("time", *event.time);
  add_optional("dataschema", *event.dataschema);
  for (const NamedText& extension : event.extensions)
    attributes.emplace_back(*extension.name, *extension.value);
  std::string content_type = event.datacontenttype->empty() ? "application/json" : *event.datacontenttype;

  if (*event.mode == "structured") {
    nlohmann::ordered_json json;
    for (const auto& [name, value] : attributes) json[name] = value;
    if (event.data) {
      json["datacontenttype"] = content_type;
      auto data = nlohmann::ordered_json::parse(**event.data, nullptr, /*allow_exceptions=*/false);
      json["data"] = data.is_discarded() ? nlohmann::ordered_json(**event.data) : data;
    }
    test.headers.emplace_back("content-type", "application/cloudevents+json");
    test.body = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    return;
  }
  for (const auto& [name, value] : attributes)
    test.headers.emplace_back("ce-" + name, percent_encoded(value));
  if (event.data) {
    test.headers.emplace_back("content-type", content_type);
    test.body = **event.data;
  }
}

}  // namespace faasc
