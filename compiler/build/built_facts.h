#pragma once

#include "compiler/build/build_record.h"
#include "compiler/build/function_build.h"

namespace faasc {

/// Puts into the record what a build with nothing to do says again: the handler, the kernel, the sizes.
void add_facts(const BuiltFunction& built, BuildRecord& record);

/// Takes it out again; places are not in it.
void take_facts(const BuildRecord& record, BuiltFunction& built);

}  // namespace faasc
