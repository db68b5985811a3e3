#pragma once

#include "src/server.h"

namespace faasc::rt {

/// SIGTERM and SIGINT stop `server` in good order, SIGPIPE is ignored, and a crash leaves a line with its
/// addresses on stderr before it takes its usual course. What is thrown and not caught, or asserted and not
/// so, is named there first.
/// Signals for which the function has set a handler already stay the function's.
void handle_signals(Server& server);

/// A stack for writing that line on a thread that has used up its own. It takes memory only when it is used,
/// and must last as long as its thread. handle_signals() has one for its own thread.
class CrashStack {
 public:
  void use();

 private:
  alignas(16) char bytes_[16 << 10];
};

}  // namespace faasc::rt
