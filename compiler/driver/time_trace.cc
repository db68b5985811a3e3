#include "compiler/driver/time_trace.h"

#include <nlohmann/json.hpp>

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;

double microseconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

Json name_event(const char* what, int thread, const std::string& name) {
  return {{"ph", "M"}, {"name", what}, {"pid", 1}, {"tid", thread}, {"args", {{"name", name}}}};
}

}  // namespace

void TimeTrace::add(std::string what, std::string_view kind, Time begin, Time end, Outcome outcome,
                    std::string detail) {
  std::lock_guard lock(mutex_);
  int thread =
      threads_.try_emplace(std::this_thread::get_id(), static_cast<int>(threads_.size()) + 1).first->second;
  events_.push_back({std::move(what), std::string(kind), std::move(detail), begin, end, outcome, thread});
}

std::string TimeTrace::to_json() const {
  std::lock_guard lock(mutex_);
  Json events = Json::array();
  events.push_back(name_event("process_name", 1, "faasc"));
  for (const auto& [id, thread] : threads_)
    events.push_back(name_event("thread_name", thread, "thread " + std::to_string(thread)));
  for (const Event& event : events_) {
    Json args = Json::object();
    if (!event.detail.empty()) args["command"] = event.detail;
    if (event.outcome == Outcome::Failed) args["failed"] = true;
    events.push_back({{"ph", "X"},
                      {"name", event.what},
                      {"cat", event.kind},
                      {"pid", 1},
                      {"tid", event.thread},
                      {"ts", microseconds(event.begin - began_)},
                      {"dur", microseconds(event.end - event.begin)},
                      {"args", std::move(args)}});
  }
  // When it was 0, in microseconds since 1970.
  const auto began = std::chrono::system_clock::now() - (std::chrono::steady_clock::now() - began_);
  Json trace{{"displayTimeUnit", "ms"},
             {"beginningOfTime",
              std::chrono::duration_cast<std::chrono::microseconds>(began.time_since_epoch()).count()},
             {"traceEvents", std::move(events)}};
  return trace.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faasc
