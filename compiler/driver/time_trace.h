#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"

namespace faasc {

/// What a command did when, in the format of Chrome's tracing, which Perfetto (ui.perfetto.dev) and
/// chrome://tracing open: complete events ("ph": "X") of each thread, in microseconds since the trace began.
/// Format: "Trace Event Format",
/// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
class TimeTrace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  TimeTrace() : began_(std::chrono::steady_clock::now()) {}

  enum class Outcome : std::uint8_t { Done, Failed };
  /// Something that this thread did. `kind` is "step" for faasc's own, "program" for one that it ran.
  void add(std::string what, std::string_view kind, Time begin, Time end, Outcome outcome,
           std::string detail = {});

  /// All of it as one JSON object.
  std::string to_json() const;

 private:
  struct Event {
    std::string what, kind, detail;
    Time begin, end;
    Outcome outcome;
    int thread;
  };
  Time began_;
  mutable std::mutex mutex_;
  std::map<std::thread::id, int> threads_;
  std::vector<Event> events_;
};

}  // namespace faasc
