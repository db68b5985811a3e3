#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "launcher/smoke_test.h"

namespace faasc {

/// Between which sizes the smallest sufficient memory is looked for. Bytes; the last two are multiples of
/// `step`.
struct MemoryRange {
  std::uint64_t least = std::uint64_t{4} << 20;
  std::uint64_t most = 0;  ///< has to suffice
  std::uint64_t step = std::uint64_t{4} << 20;
};

/// Whether that much memory suffices.
using MemoryTrial = std::function<Result<bool>(std::uint64_t bytes)>;

/// The smallest multiple of `step` that suffices, by halving: what is more than enough suffices, too. An
/// error where `most` does not.
Result<std::uint64_t> smallest_memory(const MemoryRange& range, const MemoryTrial& suffices);

/// The same, where to suffice means that all tests of a spec pass. Each size is tried with a machine of its
/// own; `on_try` is told how it went. A host that cannot run VMs at all, and an interrupt, are errors.
Result<std::uint64_t> find_memory(const VmSpec& spec, const TestRunOptions& options,
                                  const std::function<void(std::uint64_t bytes, bool passed)>& on_try);

}  // namespace faasc
