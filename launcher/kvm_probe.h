#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace faasc {

/// What came of running a small guest under KVM.
struct KvmMeasurement {
  std::string failed_step;  ///< "open", "create a VM", … where something did not work; empty: the guest ran
  int error_number = 0;     ///< of the failed step
  double million_instructions_per_second = 0;
  /// The thread did not have its processor for most of the time: on a quieter host it may be faster.
  bool disturbed = false;
};

/// Whether KVM is worth using, and if not, why.
struct KvmVerdict {
  bool usable = false;
  std::string
      why;  ///< "no /dev/kvm", "runs 2 million instructions per second: emulated, not native"; always set
  std::string hint;   ///< the way out where there is one
  bool runs = false;  ///< a guest ran, however slowly
};

/// Opens `device`, runs a counted loop in a virtual CPU for some milliseconds and counts. Takes 5 to 15 ms,
/// and at most 100 ms where KVM honours signals at all. Changes nothing in the process: signal dispositions
/// and the signal mask are as before.
KvmMeasurement measure_kvm(const std::filesystem::path& device = "/dev/kvm");

/// A virtual CPU on hardware runs thousands of millions of instructions per second; a KVM that is itself
/// emulated runs a few, and boots nothing in reasonable time, though every call succeeds.
KvmVerdict judge_kvm(const KvmMeasurement& measurement, const std::filesystem::path& device = "/dev/kvm");

KvmVerdict probe_kvm(const std::filesystem::path& device = "/dev/kvm");

}  // namespace faasc
