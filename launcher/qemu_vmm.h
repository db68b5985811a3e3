#pragma once

#include <utility>

#include "launcher/monitor.h"
#include "launcher/vmm.h"

namespace faasc {

class QemuVmm : public Vmm {
 public:
  QemuVmm(Child child, Fd monitor) : child_(std::move(child)), monitor_(std::move(monitor)) {}

  Child& child() override { return child_; }
  Monitor& monitor() { return monitor_; }
  Result<bool> accepts(std::uint16_t guest_port) override;
  void press_power_button() override { (void)monitor_.execute("system_powerdown"); }
  void quit() override { (void)monitor_.execute("quit"); }
  GuestExit how_it_ended(ExitEvidence evidence) override;

 private:
  Child child_;
  Monitor monitor_;
};

}  // namespace faasc
