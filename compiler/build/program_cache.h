#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "compiler/build/build_names.h"
#include "compiler/build/compiled_function.h"
#include "compiler/cache/step_cache.h"

namespace faasc {

/// A function of a language that is compiled in one go, Go or Python, as one step between its sources and its
/// image: what a change of the environment, the memory or the network does not touch.
class ProgramCache {
 public:
  /// The job outlives it. Nothing is found and nothing kept where the job has no cache, or is of a language
  /// with steps of its own.
  explicit ProgramCache(const CompileJob& job);

  /// Puts what was compiled before in place. What was said of it then is said again.
  std::optional<CompiledFunction> find(Diagnostics& diagnostics);
  /// Whether find() would find it in the cache of this host. Puts nothing anywhere.
  bool knows() const;

  /// Keeps it where making it took long enough. `said`: all that was said of it. `started_ns` is from before
  /// anything was read.
  void keep(const CompiledFunction& compiled, std::vector<Diagnostic> said, std::int64_t started_ns,
            std::int64_t taken_ns);

 private:
  std::optional<std::string> key_of() const;

  const CompileJob& job_;
  std::optional<BuildNames> names_;  // where there is a cache
  std::string key_;                  // empty: nothing is looked for
};

}  // namespace faasc
