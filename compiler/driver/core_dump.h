#pragma once

#include <filesystem>

#include "base/result.h"
#include "compiler/driver/session.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// FAASC0769 where the guest has nothing that writes core dumps: only Nanos' kernel does.
Result<void> can_dump_core(const VmSpec& spec, const std::string& vmm);

/// Copies the core dump that a guest left in `overlay`, which lies over `image`, to the file `to`, whole or
/// not at all; says so, or that there is none. The machine has ended.
Result<void> save_core_dump(Session& session, const std::filesystem::path& image,
                            const std::filesystem::path& overlay, const std::filesystem::path& to);

}  // namespace faasc
