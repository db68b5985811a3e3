#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "base/result.h"

namespace CLI {
class App;
}

namespace faasc {

class Session;

/// What a command does once its arguments were read. The value is the exit status; an error is shown by the
/// driver, which exits with the status of its fault. What was reported as diagnostics is not an error again:
/// return its exit status.
using Action = std::function<Result<int>(Session& session)>;

/// An option in the spelling of compilers, which the reader of command lines does not know: "-MF FILE" and
/// "-MFFILE" stand for "--depfile FILE".
struct OptionSpelling {
  std::string_view spelled, option;
};

/// One row of the table of commands. Dispatch, help and shell completion go by it.
struct CommandEntry {
  std::string_view name;
  std::string_view group;    ///< the heading it stands under in the help
  std::string_view help;     ///< one line, lower case, no full stop
  std::string_view example;  ///< of a whole command line
  /// Declares options and arguments on `app`. The action owns what they are stored in (a shared_ptr in its
  /// captures).
  Action (*configure)(CLI::App& app);
  bool passes_arguments = false;  ///< all arguments go to Session::arguments unread
  std::string_view words;         ///< what its first argument may be, separated by spaces; for completion
  /// Commands below this one, named in full ("image ls"); it is none by itself then, and has no configure.
  std::span<const CommandEntry> subcommands{};
  std::span<const OptionSpelling> spellings{};
};

/// In the order of the help; rows of one group follow each other.
std::span<const CommandEntry> command_table();

const CommandEntry* find_command(std::string_view name);
/// "ls" finds "image ls".
const CommandEntry* find_subcommand(const CommandEntry& command, std::string_view name);

}  // namespace faasc
