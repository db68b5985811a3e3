#include <nlohmann/json.hpp>

#include "packager/bill/bill.h"

// https://spdx.github.io/spdx-spec/v2.3/

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;

const char* purpose(Component::Kind kind) {
  switch (kind) {
    case Component::Kind::Function:
      return "APPLICATION";
    case Component::Kind::Kernel:
      return "OPERATING_SYSTEM";
    case Component::Kind::Library:
      break;
  }
  return "LIBRARY";
}

Json package(const Component& component, const std::string& id) {
  Json json{{"SPDXID", id},
            {"name", component.name},
            {"versionInfo", component.version},
            {"primaryPackagePurpose", purpose(component.kind)},
            {"downloadLocation", "NOASSERTION"},
            {"filesAnalyzed", false},
            {"licenseConcluded", "NOASSERTION"},
            // What a wheel says of its licence is often no SPDX expression, and stands in the comment.
            {"licenseDeclared", "NOASSERTION"},
            {"copyrightText", "NOASSERTION"}};
  if (component.version.empty()) json.erase("versionInfo");
  if (!component.sha256.empty())
    json["checksums"] = Json::array({{{"algorithm", "SHA256"}, {"checksumValue", component.sha256}}});
  if (!component.purl.empty())
    json["externalRefs"] = Json::array({{{"referenceCategory", "PACKAGE-MANAGER"},
                                         {"referenceType", "purl"},
                                         {"referenceLocator", component.purl}}});
  std::string comment;
  if (!component.license.empty()) comment = "Its metadata says of its licence: " + component.license + "\n";
  for (std::size_t i = 0; i < component.files.size(); ++i)
    comment += (i == 0 ? "In the image: " : ", ") + component.files[i];
  if (!comment.empty()) json["comment"] = comment;
  return json;
}

}  // namespace

std::string to_spdx(const Bill& bill, const std::string& faasc_version, std::int64_t created_s) {
  Json packages = Json::array({package(bill.function, "SPDXRef-function")});
  Json relations = Json::array({{{"spdxElementId", "SPDXRef-DOCUMENT"},
                                 {"relationshipType", "DESCRIBES"},
                                 {"relatedSpdxElement", "SPDXRef-function"}}});
  for (std::size_t i = 0; i < bill.components.size(); ++i) {
    const Component& component = bill.components[i];
    std::string id = "SPDXRef-" + std::to_string(i + 1);
    packages.push_back(package(component, id));
    bool linked = component.kind == Component::Kind::Library && component.files.empty();
    relations.push_back({{"spdxElementId", "SPDXRef-function"},
                         {"relationshipType", linked ? "STATIC_LINK" : "CONTAINS"},
                         {"relatedSpdxElement", id}});
  }
  Json document{
      {"spdxVersion", "SPDX-2.3"},
      {"dataLicense", "CC0-1.0"},
      {"SPDXID", "SPDXRef-DOCUMENT"},
      {"name", bill.function.name},
      {"documentNamespace", "urn:faasc:sbom:" + bill.function.name + ":" + bill.function.sha256},
      {"creationInfo",
       {{"created", utc_text(created_s)}, {"creators", Json::array({"Tool: faasc-" + faasc_version})}}},
      {"packages", packages},
      {"relationships", relations}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faasc
