#pragma once

#include "compiler/build/function_build.h"

namespace faasc {

class StepCache;

/// As build_function without a cache, but takes what was made before, here or elsewhere, from `cache`, and
/// keeps there what it makes. Null: none.
Result<BuiltFunction> build_function(const BuildOptions& options, const BuildTools& tools, KernelStore& store,
                                     StepCache* cache, Diagnostics& diagnostics, BuildProgress& progress);

}  // namespace faasc
