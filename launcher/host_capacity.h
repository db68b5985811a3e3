#pragma once

#include <cstdint>
#include <filesystem>

namespace faasc {

/// What this process may use of the host.
struct HostCapacity {
  unsigned processors = 1;         ///< by its affinity and its control group's quota; at least 1
  std::uint64_t memory_bytes = 0;  ///< what can be had without swapping, by the kernel's estimate and the
                                   ///< limits of its control groups; 0: unknown
};

/// Reads /proc and /sys below `root`.
HostCapacity host_capacity(const std::filesystem::path& root = "/");

}  // namespace faasc
