#pragma once

#include "base/process_observer.h"
#include "compiler/driver/console.h"
#include "compiler/driver/time_trace.h"

namespace faasc {

/// Tells of every program that faasc runs: with -v on the console, and in the trace of times, where there is
/// one.
class ProgramLog : public ProcessObserver {
 public:
  explicit ProgramLog(Console& console) : console_(console) {}
  ~ProgramLog() override { observe_processes(nullptr); }

  /// Begins, where anybody wants to be told. `trace` may be null.
  void begin(TimeTrace* trace) {
    trace_ = trace;
    if (trace_ || console_.verbose()) observe_processes(this);
  }
  void started(const std::string& command) override { console_.say_verbose("$ " + command); }
  void ended(const RanProgram& program) override;

 private:
  Console& console_;
  TimeTrace* trace_ = nullptr;
};

}  // namespace faasc
