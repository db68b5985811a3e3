#include "launcher/machine_slots.h"

#include <algorithm>

namespace faasc {
namespace {

// What QEMU itself takes beside the guest's memory, with the code it translates.
constexpr std::uint64_t kVmmBytes = std::uint64_t{96} << 20;

}  // namespace

unsigned machines_side_by_side(const HostCapacity& host, unsigned vcpus) {
  return std::max(1u, host.processors / std::max(1u, vcpus));
}

// A tenth is left to everybody else.
MachineSlots::MachineSlots(const HostCapacity& host)
    : budget_bytes_(host.memory_bytes - host.memory_bytes / 10) {}

MachineSlots::Slot MachineSlots::take(std::uint64_t memory_bytes) {
  std::uint64_t wanted = memory_bytes + kVmmBytes;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return taken_bytes_ == 0 || budget_bytes_ == 0 || taken_bytes_ + wanted <= budget_bytes_;
  });
  taken_bytes_ += wanted;
  return {*this, wanted};
}

MachineSlots::Slot::~Slot() {
  {
    std::lock_guard lock(slots_.mutex_);
    slots_.taken_bytes_ -= bytes_;
  }
  slots_.changed_.notify_all();
}

}  // namespace faasc
