#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace faasc {

/// This host at one moment, as far as what was measured of it depends on that.
struct HostMoment {
  std::string boot_id;               ///< another one after each start of the host
  std::string system;                ///< the kernel's release
  std::string processor;             ///< what the processor says of itself, and of a hypervisor below
  std::uint64_t counter = 0;         ///< a counter of the processor's that goes on steadily
  std::chrono::nanoseconds time{0};  ///< when it was read, since 1970

  /// Takes about 50 µs.
  static HostMoment now();
};

/// Whether the host is the one that it was. A virtual machine that has been moved to another host, was
/// paused or taken back to a snapshot keeps its boot id: there the processor has changed, or its counter has
/// not gone on with the clock at the rate that it had between `before` and `then`. A clock that was set is
/// taken for one of these. Always false where the two are too close to each other to tell a rate.
bool has_gone_on(const HostMoment& before, const HostMoment& then, const HostMoment& now);

}  // namespace faasc
