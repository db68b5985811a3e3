#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "launcher/kvm_probe.h"

namespace faasc {

/// A verdict, and where it is from.
struct KnownKvm {
  KvmVerdict verdict;
  /// When an earlier start has measured it; absent: this one has.
  std::optional<std::chrono::system_clock::time_point> measured_at;
  std::string not_kept;  ///< why what was measured now could not be kept for the next start
};

/// As probe_kvm(), but what an earlier start has measured is not measured again: it is kept in `cache`, as
/// HostRecord describes, for as long as the device is the same, and for a day at most; for an hour where KVM
/// was slow. Whether the device may be opened is tried each time, and a KVM that ran no guest is tried again.
/// An empty `cache`: nothing is kept.
KnownKvm known_kvm(const std::filesystem::path& cache, const std::filesystem::path& device = "/dev/kvm");

/// Measures in any case, and keeps that.
KnownKvm renewed_kvm(const std::filesystem::path& cache, const std::filesystem::path& device = "/dev/kvm");

}  // namespace faasc
