#pragma once

#include <cstdint>
#include <filesystem>

namespace faasc {

/// The rate of this host's time stamp counter in kHz, measured against the clock for some milliseconds; 0
/// where there is no such counter. QEMU shows the counter to emulated guests as it is.
std::uint64_t measure_tsc_khz();

/// The same, measured once for as long as HostRecord describes, and kept in `cache`; that is empty: measured.
std::uint64_t known_tsc_khz(const std::filesystem::path& cache);

}  // namespace faasc
