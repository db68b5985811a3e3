#pragma once

#include <cstdint>
#include <string>

namespace faasc {

/// "1 234 567".
std::string grouped(std::uint64_t number);

/// Rounded up: "2 176 KiB".
std::string kibibytes(std::uint64_t bytes);

}  // namespace faasc
