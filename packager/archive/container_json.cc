#include "packager/archive/container_json.h"

#include "packager/archive/codes.h"

namespace faasc {
namespace {

constexpr std::size_t kMaxDepth = 64;

/// Whether brackets nest deeper than any of these files do. Braces within strings are taken for such, which
/// no honest file has in that number.
bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  for (char c : text) {
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (depth > kMaxDepth) return true;
  }
  return false;
}

}  // namespace

Error container_error(const std::string& name, const std::string& why) {
  return {Fault::Input, kContainerDamaged, "'" + name + "' is no container image: " + why, {}, {}};
}

Result<ContainerJson> ContainerJson::parse(std::string_view text, const std::string& name) {
  if (too_deep(text)) return container_error(name, "its JSON is nested too deeply");
  nlohmann::json value = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return container_error(name, "it is not JSON");
  if (!value.is_object() && !value.is_array()) return container_error(name, "it is no JSON object");
  return ContainerJson(std::move(value), name);
}

const nlohmann::json* ContainerJson::find(std::string_view member) const {
  if (!value_.is_object()) return nullptr;
  auto found = value_.find(member);
  return found == value_.end() || found->is_null() ? nullptr : &*found;
}

Error ContainerJson::wrong(std::string_view member, std::string_view wanted) const {
  return container_error(name_, "its member '" + std::string(member) + "' is not " + std::string(wanted));
}

Result<std::string> ContainerJson::text(std::string_view member) const {
  const nlohmann::json* found = find(member);
  if (!found) return std::string();
  if (!found->is_string()) return wrong(member, "a string");
  return found->get<std::string>();
}

Result<std::vector<std::string>> ContainerJson::texts(std::string_view member) const {
  std::vector<std::string> texts;
  const nlohmann::json* found = find(member);
  if (!found) return texts;
  if (!found->is_array()) return wrong(member, "an array of strings");
  for (const nlohmann::json& one : *found) {
    if (!one.is_string()) return wrong(member, "an array of strings");
    texts.push_back(one.get<std::string>());
  }
  return texts;
}

Result<std::optional<std::uint64_t>> ContainerJson::number(std::string_view member) const {
  const nlohmann::json* found = find(member);
  if (!found) return std::optional<std::uint64_t>();
  if (!found->is_number_unsigned()) return wrong(member, "a number of bytes");
  return std::optional(found->get<std::uint64_t>());
}

Result<ContainerJson> ContainerJson::object(std::string_view member) const {
  const nlohmann::json* found = find(member);
  if (!found) return ContainerJson(nlohmann::json::object(), name_);
  if (!found->is_object()) return wrong(member, "an object");
  return ContainerJson(*found, name_);
}

Result<std::vector<ContainerJson>> ContainerJson::objects(std::string_view member) const {
  const nlohmann::json* found = find(member);
  if (!found) return std::vector<ContainerJson>();
  if (!found->is_array()) return wrong(member, "an array of objects");
  return ContainerJson(*found, name_).elements();
}

Result<std::vector<ContainerJson>> ContainerJson::elements() const {
  std::vector<ContainerJson> elements;
  if (!value_.is_array()) return container_error(name_, "it is no array of objects");
  for (const nlohmann::json& one : value_) {
    if (!one.is_object()) return container_error(name_, "it is no array of objects");
    elements.push_back(ContainerJson(one, name_));
  }
  return elements;
}

std::vector<std::string> ContainerJson::names() const {
  std::vector<std::string> names;
  if (value_.is_object())
    for (const auto& [name, value] : value_.items()) names.push_back(name);
  return names;
}

std::string dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace faasc
