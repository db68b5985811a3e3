#include "launcher/process/process_vmm.h"

#include <csignal>

namespace faasc {

void ProcessVmm::press_power_button() {
  process_.signal(SIGTERM);
}

void ProcessVmm::quit() {
  process_.signal(SIGKILL);
}

GuestExit ProcessVmm::how_it_ended(ExitEvidence evidence) {
  using How = GuestExit::How;
  GuestExit exit{.vmm = "the sandbox", .after_stop = evidence.asked_to_stop};
  auto end = process_.end();
  if (evidence.forced) {
    exit.how = How::Forced;
  } else if (!end) {
    exit.how = evidence.vmm.signal != 0 ? How::Killed : How::VmmFailed;
    exit.signal = evidence.vmm.signal;
    exit.code = evidence.vmm.code;
    exit.detail = evidence.vmm_errors;
  } else if (end->signal != 0) {
    exit.how = How::Signaled;
    exit.signal = end->signal;
  } else {
    exit.how = How::Exited;
    exit.code = end->status;
  }
  return exit;
}

}  // namespace faasc
