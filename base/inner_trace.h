#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace faasc {

/// Names the file to which a program of faasc's own is to write such a trace.
inline constexpr const char* kInnerTraceVariable = "FAASC_INNER_TRACE";

/// What a program that was run did when, as it wrote it down itself: a JSON object of Chrome's trace format
/// with "traceEvents" in microseconds and "beginningOfTime" in microseconds since 1970.
struct InnerTrace {
  std::string command;  ///< as ProcessObserver was told it
  std::string json;
};

/// Collects them; safe for threads.
class InnerTraces {
 public:
  void add(InnerTrace trace);
  std::vector<InnerTrace> take();

 private:
  std::mutex mutex_;
  std::vector<InnerTrace> traces_;
};

/// Whoever wants them, or nobody (null): programs are not asked for any then. To be set while nothing runs.
void collect_inner_traces(InnerTraces* traces);
InnerTraces* inner_traces();

}  // namespace faasc
