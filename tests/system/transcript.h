#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

/// What somebody did with faasc, and what they were told: files, commands and their output in one text.
///
///     # Why one would do that.
///     ? command -v go
///     === faas.yaml
///     runtime: cpp
///     === src/hello.cc
///     int main() {}
///     ===
///     $ faasc check
///     faas.yaml:1:1: error: … [FAASC0116]
///     [1]
///
/// Lines before the first file that begin with '#' say what it is about. A line "? COMMAND" makes it depend
/// on something of this host: where the command fails, the transcript is skipped. "? kernel FAMILY" needs
/// such a kernel in the user's store, which the commands see then. "=== NAME" begins a file, which ends at
/// the next line that begins with "===". "$ COMMAND" is a line for `sh`; below it stands everything that the
/// command wrote, and its exit status in brackets where that is not 0.
struct Transcript {
  struct File {
    std::string name, text;
  };
  struct Step {
    std::string command;
    std::string output;  ///< with the exit status
  };
  std::vector<std::string> comments;  ///< as they are in the text, with the conditions
  std::vector<std::string> conditions;
  std::vector<File> files;
  std::vector<Step> steps;

  static Result<Transcript> parse(std::string_view text);
  std::string to_text() const;
};

struct Played {
  Transcript transcript;    ///< with the output of this run
  std::string unfulfilled;  ///< the condition that does not hold here; nothing was run then
};

/// Runs the commands in a fresh directory that holds the files, with an empty home, store and cache, and the
/// build tree's `faasc` first in PATH. In the output the directories of this run are called $PWD (that of the
/// project), $HOME and $PREFIX (where faasc is installed), as they are in the commands. Nothing else is
/// changed: what depends on the host has no place in a transcript.
Result<Played> play(const Transcript& transcript);

}  // namespace faasc
