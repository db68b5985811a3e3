#include "compiler/driver/kernel_program/boot_trial.h"

#include <chrono>

#include "base/file.h"
#include "compiler/driver/kernel_program/codes.h"
#include "compiler/driver/kernel_program/trial_program.h"
#include "launcher/machine.h"
#include "packager/disk/linux_disk.h"
#include "packager/disk/nanos_disk.h"
#include "packager/kernels/kernel_store.h"
#include "packager/spec/vm_spec.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMemoryBytes = 256 << 20;
constexpr std::uint16_t kNanosExitPort = 0x501, kLinuxExitPort = 0xf4;
constexpr const char* kProgramPath = "/faasc-trial";

Result<Program> program_for(const Kernel& kernel) {
  Program program;
  program.architecture = kernel.architecture;
  program.executable = kProgramPath;
  program.fixed_address = kTrialProgramAddress;
  program.argv = {kProgramPath};
  FAASC_CHECK(program.rootfs.add(
      kProgramPath, {InlineBytes{trial_program(kernel.architecture)}, 0755, "to see whether it starts"}));
  return program;
}

Result<void> write_linux(const Program& program, const Kernel& kernel, BootWay way,
                         const Installation& installation, VmSpec& spec) {
  spec.exit_port = kLinuxExitPort;
  const std::string command_line = linux_command_line({.exit_port = spec.exit_port});
  LinuxDiskRequest request{.program = program, .kernel = kernel};
  FAASC_TRY(request.init, installation.guest_library("linux/init"));
  if (way != BootWay::Direct) {
    request.self_boot.emplace();
    FAASC_TRY(request.self_boot->boot_sector, installation.guest_library("linux/boot.bin"));
    FAASC_TRY(request.self_boot->uefi_loader, installation.guest_library("linux/bootx64.efi"));
    request.self_boot->command_line = command_line;
  }
  FAASC_TRY([[maybe_unused]] Image image, write_linux_disk(request, spec.disks[0].path));
  if (!spec.direct_boot) return {};
  spec.direct_boot->initrd = linux_initrd_path(spec.disks[0].path);
  spec.direct_boot->command_line = command_line;
  return {};
}

Result<void> write_nanos(const Program& program, const Kernel& kernel, VmSpec& spec) {
  NanosDiskRequest request{.program = program, .kernel = kernel};
  request.bios_bootable = spec.disks[0].bios_bootable;
  request.uefi_bootable = spec.disks[0].uefi_bootable;
  if (kernel.architecture == kAarch64)
    spec.semihosting_exit = true;
  else
    spec.exit_port = kNanosExitPort;
  FAASC_TRY([[maybe_unused]] Image image, write_nanos_disk(request, spec.disks[0].path));
  return {};
}

/// What did not fit, as far as the way to boot tells.
std::string hint_for(const Kernel& kernel, BootWay way) {
  if (kernel.family == KernelFamily::Linux)
    return "get it again, as with `faasc kernel pull linux` or `faasc kernel build linux`";
  if (way == BootWay::Direct) return "get it again, as with `faasc kernel pull nanos --force`";
  return "take '" + (way == BootWay::Bios ? kernel.boot_blob : kernel.uefi_loader).filename().string() +
         "' from the same release as 'kernel.img', and add that with --force";
}

}  // namespace

std::vector<BootWay> boot_ways(const Kernel& kernel) {
  std::vector<BootWay> ways = {BootWay::Direct};
  const bool linux = kernel.family == KernelFamily::Linux;
  // Linux disks boot by loaders of faasc's own, which load a bzImage.
  if (!(linux ? kernel.bzimage : kernel.boot_blob).empty()) ways.push_back(BootWay::Bios);
  if (!(linux ? kernel.bzimage : kernel.uefi_loader).empty()) ways.push_back(BootWay::Uefi);
  return ways;
}

std::string in_words(BootWay way, const Kernel& kernel) {
  const bool linux = kernel.family == KernelFamily::Linux;
  auto name = [](const fs::path& path) { return "'" + path.filename().string() + "'"; };
  switch (way) {
    case BootWay::Direct:
      break;
    case BootWay::Bios:
      return "by a BIOS, with " + name(linux ? kernel.bzimage : kernel.boot_blob);
    case BootWay::Uefi:
      return "by UEFI, with " + name(linux ? kernel.bzimage : kernel.uefi_loader);
  }
  return "by a VMM that loads " + name(kernel.image);
}

Result<std::string> try_boot(const Kernel& kernel, BootWay way, const Installation& installation) {
  FAASC_TRY(TemporaryDirectory directory,
            TemporaryDirectory::create(fs::temp_directory_path(), "faasc-trial"));
  VmSpec spec;
  spec.name = "trial";
  spec.architecture = kernel.architecture;
  spec.kernel_family = name_of(kernel.family);
  spec.memory_bytes = kMemoryBytes;
  if (way == BootWay::Direct)
    spec.direct_boot = VmSpec::DirectBoot{.kernel_version = kernel.version, .kernel = kernel.image};
  spec.disks = {{.path = directory.path() / "trial.img",
                 .bios_bootable = way == BootWay::Bios,
                 .uefi_bootable = way == BootWay::Uefi}};
  spec.function = kProgramPath;
  spec.kind = "server";
  // A firmware that is emulated takes its time.
  spec.init_timeout = std::chrono::seconds(way == BootWay::Uefi ? 10 : 5);
  FAASC_TRY(Program program, program_for(kernel));
  FAASC_CHECK(kernel.family == KernelFamily::Linux ? write_linux(program, kernel, way, installation, spec)
                                                   : write_nanos(program, kernel, spec));

  StartOptions options;
  options.boot.boot = way == BootWay::Direct ? BootChoice::Kernel
                      : way == BootWay::Bios ? BootChoice::Bios
                                             : BootChoice::Uefi;
  FAASC_TRY(Machine machine, Machine::start(spec, options));
  auto ready = machine.wait_ready();
  if (ready) return machine.summary();
  Error error = std::move(ready).error();
  if (error.fault == Fault::Interrupted) return error;
  // How the guest ended matters here only as a sign that it has not come far.
  error.code = kKernelDoesNotBoot;
  error.fault = Fault::Guest;
  error.what = full_name(kernel) + " does not start " + in_words(way, kernel) + ": " + error.what;
  error.hint = hint_for(kernel, way);
  return error;
}

}  // namespace faasc
