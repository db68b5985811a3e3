#pragma once

#include <string_view>

#include "src/reply.h"

namespace faasc::rt {

/// The answer to a call that did not return: 500 with {"message":...,"severity":"error"}, which is also
/// written to stderr as one line, where log collectors read it.
Reply crash_reply(std::string_view message);

}  // namespace faasc::rt
