#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/process.h"
#include "base/result.h"

namespace faasc {

/// Why QEMU ended before it ran a guest, from what it wrote to its standard error. A host port that cannot be
/// taken is tried again here, to learn why.
Error explain_refusal(std::string_view errors, ExitStatus status, std::uint16_t guest_port);

/// Whether `errors` says that this QEMU was built without seccomp.
bool lacks_sandbox(std::string_view errors);

/// Whether `errors` says that KVM could not be started.
bool lacks_kvm(std::string_view errors);

}  // namespace faasc
