#include <nlohmann/json.hpp>

#include "packager/bill/bill.h"

// https://cyclonedx.org/docs/1.5/json/

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;

const char* type_of(Component::Kind kind) {
  switch (kind) {
    case Component::Kind::Function:
      return "application";
    case Component::Kind::Kernel:
      return "operating-system";
    case Component::Kind::Library:
      break;
  }
  return "library";
}

Json to_json(const Component& component, const std::string& reference) {
  Json json{{"type", type_of(component.kind)}, {"bom-ref", reference}, {"name", component.name}};
  if (!component.version.empty()) json["version"] = component.version;
  if (!component.license.empty())
    json["licenses"] = Json::array({{{"license", {{"name", component.license}}}}});
  if (!component.purl.empty()) json["purl"] = component.purl;
  if (!component.sha256.empty())
    json["hashes"] = Json::array({{{"alg", "SHA-256"}, {"content", component.sha256}}});
  if (!component.files.empty()) {
    Json occurrences = Json::array();
    for (const std::string& file : component.files) occurrences.push_back({{"location", file}});
    json["evidence"] = {{"occurrences", std::move(occurrences)}};
  }
  return json;
}

// A UUID (version 8, RFC 9562) of the image's digest, so that one image has one.
std::string serial_number(const std::string& sha256) {
  std::string hex = sha256.substr(0, 32);
  hex.resize(32, '0');
  hex[12] = '8';
  hex[16] = 'a';
  return "urn:uuid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

}  // namespace

std::string to_cyclonedx(const Bill& bill, const std::string& faasc_version, std::int64_t created_s) {
  std::string time = utc_text(created_s);
  Json components = Json::array(), references = Json::array(), dependencies = Json::array();
  for (std::size_t i = 0; i < bill.components.size(); ++i) {
    std::string reference = "component-" + std::to_string(i + 1);
    components.push_back(to_json(bill.components[i], reference));
    references.push_back(reference);
    dependencies.push_back({{"ref", reference}});
  }
  dependencies.insert(dependencies.begin(), Json{{"ref", "function"}, {"dependsOn", references}});
  Json document{
      {"$schema", "http://cyclonedx.org/schema/bom-1.5.schema.json"},
      {"bomFormat", "CycloneDX"},
      {"specVersion", "1.5"},
      {"serialNumber", serial_number(bill.function.sha256)},
      {"version", 1},
      {"metadata",
       {{"timestamp", time},
        {"tools",
         {{"components",
           Json::array({{{"type", "application"}, {"name", "faasc"}, {"version", faasc_version}}})}}},
        {"component", to_json(bill.function, "function")}}},
      {"components", components},
      {"dependencies", dependencies}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faasc
