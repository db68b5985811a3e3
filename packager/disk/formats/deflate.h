#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace faasc {

/// What is around the compressed bytes: nothing (RFC 1951), as in qcow2, or a header and a checksum (RFC
/// 1950), as in VMDK.
enum class DeflateFraming : std::uint8_t { None, Zlib };

/// Unpacks `packed`, which has to give exactly `size` bytes; bytes after its end are ignored. The error is
/// without a name: the caller knows what was unpacked.
Result<std::string> inflate_exactly(std::string_view packed, std::size_t size, DeflateFraming framing);

/// The same bytes for the same input and version of zlib.
Result<std::string> deflate_all(std::string_view bytes, DeflateFraming framing);

}  // namespace faasc
