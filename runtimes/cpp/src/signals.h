#pragma once

#include "src/server.h"

namespace faasc::rt {

/// SIGTERM and SIGINT stop `server` in good order, SIGPIPE is ignored, and a crash leaves a line with its
/// addresses on stderr before it takes its usual course. Signals for which the function has set a handler
/// already stay the function's.
void handle_signals(Server& server);

}  // namespace faasc::rt
