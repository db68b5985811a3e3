#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/inner_trace.h"

namespace faasc {

/// A trace of TimeTrace with what the programs in it say of themselves: their events lie below the program's
/// own, in its thread. One that does not fit there, or is none, is left out; so are Clang's sums of times,
/// which are no events.
std::string with_inner_traces(std::string_view trace, const std::vector<InnerTrace>& inner);

}  // namespace faasc
