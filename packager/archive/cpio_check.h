#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "packager/archive/byte_stream.h"

namespace faasc {

/// Passes bytes through and, where they are a cpio archive in the "newc" format, sees to it that its headers
/// add up before anybody believes them: libarchive allocates as much memory as a header says that a name is
/// long, and looks for the next header behind garbage. What begins otherwise passes as it is. FAASC0521 as
/// `name`'s.
std::unique_ptr<ByteStream> checked_cpio(std::unique_ptr<ByteStream> bytes, std::string name);

}  // namespace faasc
