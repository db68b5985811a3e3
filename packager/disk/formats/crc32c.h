#pragma once

#include <cstdint>
#include <string_view>

namespace faasc {

/// CRC-32 with Castagnoli's polynomial, as VHDX has it: over kilobytes, so by the plain table.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace faasc
