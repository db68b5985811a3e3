#include "packager/spec/image_plan.h"

#include <nlohmann/json.hpp>

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string to_json(const ImagePlan& plan) {
  Json files = Json::array();
  for (const ImagePlan::File& file : plan.files) {
    Json one = {{"path", file.path}};
    if (file.host.empty())
      one["text"] = file.text;
    else
      one["host"] = file.host.string();
    files.push_back(std::move(one));
  }
  Json json = {{"reference", plan.reference}, {"architecture", plan.architecture}, {"port", plan.port}};
  json["annotations"] = Json::object();
  for (const auto& [name, value] : plan.annotations) json["annotations"][name] = value;
  json["files"] = std::move(files);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<ImagePlan> parse_image_plan(std::string_view text) {
  ImagePlan plan;
  try {
    Json json = Json::parse(text);
    plan.reference = json.at("reference");
    plan.architecture = json.at("architecture");
    plan.port = json.at("port");
    for (const auto& [name, value] : json.at("annotations").items()) plan.annotations[name] = value;
    for (const Json& file : json.at("files"))
      plan.files.push_back({.path = file.at("path"),
                            .host = file.value("host", std::string()),
                            .text = file.value("text", std::string())});
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  return plan;
}

}  // namespace faasc
