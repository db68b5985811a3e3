#pragma once

#include <filesystem>
#include <memory>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// Keeps a volume for one machine as long as the descriptor is open: two kernels that write to one file
/// system destroy it. Machines that only read it may be several. FAASC0748 where another machine has it,
/// FAASC0759 where it is not there or cannot be written to.
Result<std::shared_ptr<const Fd>> lock_volume(const std::filesystem::path& path, bool read_only);

/// FAASC0748, also for what only QEMU has seen.
Error volume_in_use(const std::filesystem::path& path);

}  // namespace faasc
