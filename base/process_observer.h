#pragma once

#include <chrono>
#include <string>

#include "base/process.h"

namespace faasc {

/// A program that was run to its end.
struct RanProgram {
  std::string command;  ///< as one would type it in a shell
  std::chrono::steady_clock::time_point begin, end;
  ExitStatus status;
};

/// Is told of every program that run() starts, in the thread that waits for it.
class ProcessObserver {
 public:
  virtual ~ProcessObserver() = default;
  virtual void started(const std::string& command) = 0;
  virtual void ended(const RanProgram& program) = 0;
};

/// There is one, or nobody (null). To be set while nothing runs; it must outlive what is run.
void observe_processes(ProcessObserver* observer);
ProcessObserver* process_observer();

/// While it lives, what this thread runs is told under this text, for programs whose arguments say little.
class ShownAs {
 public:
  explicit ShownAs(std::string text);
  ShownAs(const ShownAs&) = delete;
  ShownAs& operator=(const ShownAs&) = delete;
  ~ShownAs();
};

}  // namespace faasc
