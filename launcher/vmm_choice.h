#pragma once

#include <cstdint>

namespace faasc {

/// What runs the machine.
enum class VmmChoice : std::uint8_t { Qemu, Firecracker, CloudHypervisor };

}  // namespace faasc
