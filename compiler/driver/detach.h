#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "compiler/driver/session.h"
#include "compiler/driver/vm_options.h"
#include "launcher/machine.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// `faasc run --detach` takes two processes. The first starts the second, the keeper, with the same command
/// line in a session of its own, and waits for its word. The keeper builds, boots and tells what is to be
/// told on the same standard streams; once the function serves, it lets go of these and keeps the machine.

/// What a keeper has from the process that started it.
struct Keeper {
  int descriptor = -1;                          ///< on which it gives its word
  std::chrono::steady_clock::time_point began;  ///< when the command began that the user waits for
};

/// Nothing in any other process.
std::optional<Keeper> this_keeper(const Session& session);

/// Starts the keeper. Returns once it has given its word, and otherwise with its exit status.
Result<int> start_keeper(Session& session);

/// What keep_machine() is to tell when the function serves.
struct DetachedRun {
  std::string name;  ///< by which others name the machine; empty: the spec's
  bool json = false;
  const VmArguments& vm;
};

/// Boots and keeps a machine until it ends or is told to stop. The result is for nobody.
Result<int> keep_machine(Session& session, int descriptor, const VmSpec& spec, StartOptions options,
                         const DetachedRun& run);

}  // namespace faasc
