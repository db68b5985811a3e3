#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "launcher/host_capacity.h"

namespace faasc {

/// How many machines of that size a host runs side by side, so that each has its processors; at least one.
unsigned machines_side_by_side(const HostCapacity& host, unsigned vcpus);

/// Memory of the host that is shared out to machines: one that would not fit waits until others have ended.
/// The first never waits, whatever it wants; that is the user's to know.
class MachineSlots {
 public:
  explicit MachineSlots(const HostCapacity& host);

  /// What one machine holds of the host.
  class Slot {
   public:
    Slot(MachineSlots& slots, std::uint64_t bytes) : slots_(slots), bytes_(bytes) {}
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot();

   private:
    MachineSlots& slots_;
    std::uint64_t bytes_;
  };

  /// Waits for room for a guest with `memory_bytes`.
  Slot take(std::uint64_t memory_bytes);

 private:
  std::uint64_t budget_bytes_;  // 0: unknown, and nobody waits
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t taken_bytes_ = 0;
};

}  // namespace faasc
