#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "base/result.h"

namespace faasc {

/// A machine that runs without a terminal: a process of faasc's keeps it, in a session of its own, and writes
/// down what others have to know of it.
struct DetachedMachine {
  std::string id;    ///< eight hexadecimal digits
  std::string name;  ///< of the function, or the one that the user gave
  pid_t keeper = 0;  ///< the process of faasc's; what it is told by SIGTERM is to stop the machine
  pid_t vmm = 0;
  std::string url;             ///< of the function's port
  std::string machine;         ///< "microvm, tcg, kernel loaded directly"
  std::string image;           ///< of the first disk
  std::int64_t started_s = 0;  ///< since the epoch
  std::chrono::milliseconds grace_period{0};

  /// How it came to its end. Absent: it runs.
  struct End {
    std::string text;            ///< "exited with status 0": to follow a name
    std::optional<Error> error;  ///< where that is a failure
  };
  std::optional<End> end;
};

/// One JSON object (schema "faasc.machine/1"), with a newline.
std::string to_json(const DetachedMachine& machine);

/// Reads what to_json wrote. Nothing where it is anything else: the caller treats such a file as not there.
std::optional<DetachedMachine> parse_detached_machine(std::string_view text);

}  // namespace faasc
