#include "base/inner_trace.h"

#include <utility>

namespace faasc {
namespace {

InnerTraces* g_traces = nullptr;

}  // namespace

void InnerTraces::add(InnerTrace trace) {
  std::lock_guard lock(mutex_);
  traces_.push_back(std::move(trace));
}

std::vector<InnerTrace> InnerTraces::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(traces_, {});
}

void collect_inner_traces(InnerTraces* traces) {
  g_traces = traces;
}
InnerTraces* inner_traces() {
  return g_traces;
}

}  // namespace faasc
