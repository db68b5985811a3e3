#include <algorithm>
#include <array>
#include <string_view>

#include "manifests/importers/formats.h"

namespace faasc {
namespace {

template <std::size_t N>
bool has_any(const YamlNode& root, const std::string_view (&keys)[N]) {
  return std::any_of(std::begin(keys), std::end(keys),
                     [&](std::string_view key) { return root.find(key) != nullptr; });
}

}  // namespace

bool is_fn_function(const YamlNode& root) {
  if (root.find("schema_version") != nullptr) return true;
  // Older files have no schema_version; these keys are Fn's alone.
  constexpr std::string_view kOwn[] = {"entrypoint", "build_image", "run_image",      "triggers",
                                       "expects",    "format",      "signing_details"};
  return is_any_function(root) && root.find("specVersion") == nullptr && has_any(root, kOwn);
}

bool is_serverless_service(const YamlNode& root) {
  return root.find("service") != nullptr && root.find("provider") != nullptr;
}

bool is_kubernetes_object(const YamlNode& root) {
  const YamlNode* version = root.find("apiVersion");
  return version != nullptr && root.find("kind") != nullptr && !version->text.starts_with("faasc/");
}

bool is_compose_project(const YamlNode& root) {
  return root.find("services") != nullptr && root.find("provider") == nullptr;
}

bool is_faas_manifest(const YamlNode& root) {
  const YamlNode* version = root.find("apiVersion");
  return version != nullptr && version->text.starts_with("faasc/");
}

bool is_any_function(const YamlNode& root) {
  return root.find("name") != nullptr && root.find("runtime") != nullptr && root.find("spec") == nullptr &&
         root.find("specification") == nullptr && root.find("apiVersion") == nullptr &&
         root.find("Resources") == nullptr && root.find("functions") == nullptr;
}

}  // namespace faasc
