#include "launcher/detached/detached_machine.h"

#include <nlohmann/json.hpp>

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "faasc.machine/1";

// "faasc.machine/1", members in this order:
//
//   schema id name keeper vmm url machine image started_s grace_period_ms
//   end?  {text error? {fault code what during hint excerpt}}

std::string text_of(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json json_of(const Error& error) {
  return {{"fault", static_cast<int>(error.fault)},
          {"code", error.code},
          {"what", error.what},
          {"during", error.during},
          {"hint", error.hint},
          {"excerpt", error.excerpt}};
}

Error error_of(const Json& json) {
  Error error;
  int fault = json.at("fault").get<int>();
  if (fault >= 0 && fault <= static_cast<int>(Fault::Internal)) error.fault = static_cast<Fault>(fault);
  json.at("code").get_to(error.code);
  json.at("what").get_to(error.what);
  json.at("during").get_to(error.during);
  json.at("hint").get_to(error.hint);
  json.at("excerpt").get_to(error.excerpt);
  return error;
}

}  // namespace

std::string to_json(const DetachedMachine& machine) {
  Json json = {{"schema", kSchema},
               {"id", machine.id},
               {"name", machine.name},
               {"keeper", machine.keeper},
               {"vmm", machine.vmm},
               {"url", machine.url},
               {"machine", machine.machine},
               {"image", machine.image},
               {"started_s", machine.started_s},
               {"grace_period_ms", machine.grace_period.count()}};
  if (machine.end) {
    json["end"] = {{"text", machine.end->text}};
    if (machine.end->error) json["end"]["error"] = json_of(*machine.end->error);
  }
  return text_of(json) + "\n";
}

std::optional<DetachedMachine> parse_detached_machine(std::string_view text) {
  // The file is ours, written whole; what does not look like it is some other version's.
  try {
    Json json = Json::parse(text);
    if (json.at("schema") != kSchema) return std::nullopt;
    DetachedMachine machine;
    json.at("id").get_to(machine.id);
    json.at("name").get_to(machine.name);
    json.at("keeper").get_to(machine.keeper);
    json.at("vmm").get_to(machine.vmm);
    json.at("url").get_to(machine.url);
    json.at("machine").get_to(machine.machine);
    json.at("image").get_to(machine.image);
    json.at("started_s").get_to(machine.started_s);
    machine.grace_period = std::chrono::milliseconds(json.at("grace_period_ms").get<std::int64_t>());
    if (json.contains("end")) {
      machine.end.emplace();
      json.at("end").at("text").get_to(machine.end->text);
      if (json.at("end").contains("error")) machine.end->error = error_of(json.at("end").at("error"));
    }
    return machine;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace faasc
