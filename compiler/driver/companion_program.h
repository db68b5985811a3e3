#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

/// Goes on as one of faasc's companion programs ("faasc-kernel"), which link what faasc itself must not load:
/// libcurl, libarchive. It takes our place, so its output and exit status are the command's. Returns only
/// where it cannot be started.
Error become_companion(std::string_view program, std::vector<std::string> arguments);

}  // namespace faasc
