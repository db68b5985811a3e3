#include "compiler/driver/merged_trace.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;

double number(const Json& json, const char* name) {
  auto found = json.find(name);
  return found != json.end() && found->is_number() ? found->get<double>() : 0;
}

std::string text(const Json& json, const char* name) {
  auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The event of the program that wrote `inner`, which began with it at `began`.
const Json* event_of(const Json& events, const InnerTrace& inner, double began) {
  for (const Json& event : events) {
    if (text(event, "cat") != "program" || !event.contains("args")) continue;
    const double begin = number(event, "ts"), end = begin + number(event, "dur");
    if (text(event["args"], "command") == inner.command && begin <= began && began <= end) return &event;
  }
  return nullptr;
}

}  // namespace

std::string with_inner_traces(std::string_view trace, const std::vector<InnerTrace>& inner) {
  Json whole = Json::parse(trace, nullptr, false);
  if (!whole.is_object() || !whole.contains("traceEvents")) return std::string(trace);
  const double origin = number(whole, "beginningOfTime");
  Json added = Json::array();
  for (const InnerTrace& one : inner) {
    Json json = Json::parse(one.json, nullptr, false);
    if (!json.is_object() || !json.contains("traceEvents") || !json["traceEvents"].is_array()) continue;
    const double began = number(json, "beginningOfTime") - origin;
    const Json* program = event_of(whole["traceEvents"], one, began);
    if (!program) continue;
    const double end = number(*program, "ts") + number(*program, "dur");
    for (Json& event : json["traceEvents"]) {
      if (!event.is_object()) continue;
      const std::string phase = text(event, "ph");
      if ((phase != "X" && phase != "b" && phase != "e") || text(event, "name").starts_with("Total "))
        continue;
      const double begin = std::min(began + number(event, "ts"), end);
      event["pid"] = (*program)["pid"];
      event["tid"] = (*program)["tid"];
      event["ts"] = begin;
      if (phase == "X") event["dur"] = std::min(number(event, "dur"), end - begin);
      event["cat"] = "clang";
      added.push_back(std::move(event));
    }
  }
  for (Json& event : added) whole["traceEvents"].push_back(std::move(event));
  return whole.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faasc
