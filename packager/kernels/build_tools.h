#pragma once

#include "base/result.h"

namespace faasc {

/// FAASC0645 where this host lacks a program or a header that building a Linux kernel takes; it names all
/// that are missing and the packages that have them.
Result<void> check_linux_build_tools();

}  // namespace faasc
