#include "base/process.h"
#include "packager/spec/targets/renderers.h"

namespace faasc {

Result<Rendering> render_qemu(const VmSpec& spec, const RenderOptions& options) {
  FAASC_CHECK(check_disk_formats("QEMU", spec, {"raw", "qcow2", "vmdk", "vhd", "vhdx"}));
  QemuOptions qemu;
  qemu.accelerator = options.accelerator;
  qemu.disk_writes = QemuOptions::DiskWrites::Keep;
  // Emulated, Linux needs to be told the speed of the very host on a machine with so few clocks.
  if (spec.kernel_family == "linux" && options.accelerator == Accelerator::Tcg)
    qemu.machine = MachineType::Q35;
  // Where Nanos finds shared directories.
  if (spec.kernel_family == "nanos" && !spec.shares.empty()) qemu.machine = MachineType::Q35;
  if (!spec.direct_boot) qemu.machine = MachineType::Q35;
  if (spec.architecture == "aarch64") qemu.machine = MachineType::Virt;
  if (!spec.direct_boot) {
    FAASC_TRY(qemu.boot, boot_of_pc("QEMU", spec));
    if (qemu.boot == BootFrom::Uefi && options.uefi_firmware.empty())
      return target_cannot("QEMU", "boot this disk without a UEFI firmware, and none is installed here",
                           "sudo apt-get install ovmf");
    qemu.uefi_firmware = options.uefi_firmware;
  }
  if (!spec.nics.empty()) qemu.ports = {{.host = options.host_port, .guest = spec.http_port}};

  Rendering rendering;
  const bool on_host_network = !spec.nics.empty() && spec.nics.front().of_the_host();
  rendering.text = "#!/bin/sh\n# " + spec.name + ": " +
                   (on_host_network ? "at port " + std::to_string(spec.http_port) + " of its own address"
                                    : "http://127.0.0.1:" + std::to_string(options.host_port) + "/") +
                   "; Ctrl-C ends it at once.\n";
  if (spec.exit_port)
    rendering.text += "# QEMU exits with 2n + 1 where the program exits with n, so 1 is success.\nexec";
  else
    rendering.text += "exec";
  bool first = true;
  for (const std::string& word : qemu_command(spec, qemu)) {
    rendering.text += (word.starts_with('-') && !first ? " \\\n  " : " ") + to_shell({word});
    first = false;
  }
  // With a terminal at its input QEMU would give Ctrl-C to the guest.
  rendering.text += " </dev/null\n";
  if (on_host_network && spec.nics.front().mac.empty())
    rendering.losses.push_back(
        "a hardware address of its own: two machines on one network need 'mac=' for their cards");
  for (const VmSpec::Share& share : spec.shares)
    if (spec.kernel_family == "linux")
      rendering.losses.push_back("virtiofsd, by which faasc itself shares '" + share.directory.string() +
                                 "' with Linux: it is shared by 9p, which the guest's kernel has to know");
  return rendering;
}

}  // namespace faasc
