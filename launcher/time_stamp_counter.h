#pragma once

#include <cstdint>

namespace faasc {

/// The rate of this host's time stamp counter in kHz, measured against the clock for some milliseconds; 0
/// where there is no such counter. QEMU shows the counter to emulated guests as it is.
std::uint64_t measure_tsc_khz();

}  // namespace faasc
