#include "launcher/qemu_vmm.h"

#include "launcher/usernet.h"

namespace faasc {

Result<bool> QemuVmm::accepts(std::uint16_t guest_port) {
  FAASC_TRY(std::string usernet, monitor_.ask("info usernet"));
  return guest_accepted(usernet, guest_port);
}

GuestExit QemuVmm::how_it_ended(ExitEvidence evidence) {
  monitor_.drain();
  evidence.shutdown_reason = monitor_.shutdown_reason();
  return decode_exit(evidence);
}

}  // namespace faasc
