// Starts the machine of a VmSpec, says on standard output where it is once it is ready, and holds it until it
// ends or a signal comes. The tests kill it to see what becomes of QEMU.
//
//   hold_machine SPEC.vm.json [PORT [microvm|q35|firecracker|cloud-hypervisor]]

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <unistd.h>

#include "base/diagnostics.h"
#include "base/interrupt.h"
#include "launcher/console_printer.h"
#include "launcher/machine.h"

namespace {

int report(const faasc::Error& error) {
  std::fputs(faasc::to_text(error, faasc::Color::Off).c_str(), stderr);
  return faasc::exit_status(error.fault);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  faasc::catch_interrupts();
  auto spec = faasc::read_vm_spec(argv[1]);
  if (!spec) return report(spec.error());

  faasc::ConsolePrinter printer(STDERR_FILENO);
  faasc::StartOptions options;
  options.boot.accelerator = faasc::AcceleratorChoice::Tcg;
  if (argc > 2) options.ports = {{static_cast<std::uint16_t>(std::atoi(argv[2])), spec->http_port}};
  const std::string_view kind = argc > 3 ? argv[3] : "";
  if (kind == "firecracker" || kind == "cloud-hypervisor") {
    options.vmm = kind == "firecracker" ? faasc::VmmChoice::Firecracker : faasc::VmmChoice::CloudHypervisor;
    options.boot.accelerator = faasc::AcceleratorChoice::Kvm;
  } else if (!kind.empty())
    options.boot.machine = kind == "q35" ? faasc::MachineChoice::Q35 : faasc::MachineChoice::Microvm;
  options.on_console = [&](const faasc::ConsoleLine& line) { printer.print(line); };
  options.on_note = [](const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); };
  auto machine = faasc::Machine::start(*spec, options);
  if (!machine) return report(machine.error());
  if (auto ready = machine->wait_ready(); !ready) return report(ready.error());
  std::printf("%d %s\n", machine->pid(), machine->url().c_str());
  std::fflush(stdout);
  std::fputs(faasc::to_text(machine->phases()).c_str(), stderr);

  auto ended = machine->wait();
  faasc::GuestExit exit = ended ? *ended : machine->stop();
  std::fprintf(stderr, "the guest %s\n", faasc::to_text(exit).c_str());
  auto error = machine->error_of(exit);
  return error ? report(*error) : 0;
}
