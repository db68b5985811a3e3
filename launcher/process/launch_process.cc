#include <algorithm>

#include "launcher/codes.h"
#include "launcher/host_port.h"
#include "launcher/machine_state.h"
#include "launcher/process/process_vmm.h"

// How a machine is started that is no machine.

namespace faasc {

Result<void> Machine::State::launch_process() {
  if (spec.architecture != host_architecture())
    return Error{
        Fault::Host,
        kProcessCannot,
        "the program is for " + spec.architecture + ", and this host is " + std::string(host_architecture()),
        {},
        "leave '--vmm process' out: QEMU emulates other processors"};
  // A process is as fast as the host.
  plan = {.accelerator = Accelerator::Kvm};
  phases.vmm = "the sandbox";
  ports = options.ports;
  if (std::none_of(ports.begin(), ports.end(),
                   [&](const PortForward& port) { return port.guest == spec.http_port; }))
    ports.push_back({0, spec.http_port});

  SandboxOptions sandbox_options{.sandbox_program = options.process->sandbox_program,
                                 .memory_bytes = options.memory_bytes.value_or(spec.memory_bytes),
                                 .vcpus = options.vcpus.value_or(spec.vcpus),
                                 .await_debugger = options.process->await_debugger,
                                 .on_refused = options.on_refused,
                                 .on_note = options.on_note};
  for (PortForward& port : ports) {
    FAASC_TRY(Fd listener, listen_on_loopback(port.host, spec.http_port));
    port.host = port_of(listener);
    sandbox_options.listeners.push_back(std::move(listener));
    sandbox_options.guest_ports.push_back(port.guest);
  }
  FAASC_TRY(SandboxedProcess process,
            SandboxedProcess::start(spec, options.process->program, std::move(sandbox_options)));
  vmm = std::make_unique<ProcessVmm>(std::move(process));
  start_reader();
  return {};
}

}  // namespace faasc
