#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"

namespace faasc {

/// The size of a disk whose contents need `needed_bytes`: just that, or what was asked for, in whole pages of
/// 4 KiB. FAASC0594 where that is too small, with by how much.
Result<std::uint64_t> disk_size(std::uint64_t needed_bytes, std::optional<std::uint64_t> asked_bytes);

}  // namespace faasc
