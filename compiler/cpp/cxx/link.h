#pragma once

#include "compiler/cpp/protocol.h"

namespace faasc::cpp {

/// Links with the fastest linker of this host (lld, mold, else the default one) and writes a stripped copy.
/// Both files appear whole or not at all.
LinkAnswer link(const LinkRequest& request);

}  // namespace faasc::cpp
