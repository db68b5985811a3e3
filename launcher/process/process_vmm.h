#pragma once

#include <utility>

#include "launcher/process/sandboxed_process.h"
#include "launcher/vmm.h"

namespace faasc {

/// No machine at all: the program in a sandbox of this host.
class ProcessVmm : public Vmm {
 public:
  explicit ProcessVmm(SandboxedProcess process) : process_(std::move(process)) {}

  Child& child() override { return process_.child(); }
  pid_t pid() override { return process_.pid(); }
  Result<bool> accepts(std::uint16_t guest_port) override { return process_.accepts(guest_port); }
  bool needs_connection() const override { return false; }
  void press_power_button() override;
  void quit() override;
  GuestExit how_it_ended(ExitEvidence evidence) override;

 private:
  SandboxedProcess process_;
};

}  // namespace faasc
