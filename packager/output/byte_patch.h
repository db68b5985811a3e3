#pragma once

#include <cstdint>
#include <string>

namespace faasc {

/// Bytes to be found at an offset instead of those that are there.
struct BytePatch {
  std::uint64_t offset = 0;
  std::string bytes;
};

}  // namespace faasc
