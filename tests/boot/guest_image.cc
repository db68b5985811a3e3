#include "tests/boot/guest_image.h"

#include "base/process.h"
#include "packager/disk/linux_disk.h"
#include "packager/disk/nanos_disk.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {

Result<GuestImage> GuestImage::make(const Options& options) {
  bool pc = options.architecture == kX86_64;
  std::string qemu = "qemu-system-" + std::string(options.architecture);
  if (!find_program(qemu)) return Error{Fault::Missing, "", qemu + " is not installed", {}, {}};
  std::string guest = pc ? FAASC_BOOT_GUEST : FAASC_BOOT_GUEST_AARCH64;
  if (guest.empty())
    return Error{Fault::Missing, "", "there was no cross compiler for the guest's program", {}, {}};
  FAASC_TRY(KernelStore store, KernelStore::open());
  std::string version;
  if (!options.version_part.empty()) {
    bool without = options.version_part.starts_with("!");
    std::string part = options.version_part.substr(without ? 1 : 0);
    for (const Kernel& one : store.list().kernels)
      if (one.family == options.family && one.architecture == options.architecture && version.empty() &&
          (one.version.find(part) == std::string::npos) == without)
        version = one.version;
    if (version.empty())
      return Error{Fault::Missing, "", "no kernel in the store is called " + options.version_part, {}, {}};
  }
  auto kernel = store.find(options.family, version, options.architecture);
  if (!kernel)
    return Error{Fault::Missing,
                 "",
                 "no kernel of " + std::string(name_of(options.family)) + ": " + kernel.error().what,
                 {},
                 {}};
  FAASC_TRY(TemporaryDirectory directory,
            TemporaryDirectory::create(std::filesystem::temp_directory_path(), "boot"));
  GuestImage image(std::move(directory));

  Program program;
  program.architecture = options.architecture;
  program.executable = "/guest";
  FAASC_CHECK(program.rootfs.add("/guest", {.content = HostFile{guest}, .mode = 0755, .why = "program"}));
  program.argv = {"/guest"};
  program.argv.insert(program.argv.end(), options.arguments.begin(), options.arguments.end());

  VmSpec& spec = image.spec;
  spec.name = "guest";
  spec.architecture = options.architecture;
  spec.kernel_family = name_of(options.family);
  spec.memory_bytes = std::uint64_t{256} << 20;
  spec.direct_boot.emplace();
  spec.direct_boot->kernel_version = kernel->version;
  spec.direct_boot->kernel = kernel->image;
  spec.disks = {{.path = image.directory() / "guest.img",
                 .format = "raw",
                 .read_only = !options.writable,
                 .bios_bootable = false}};
  spec.nics.emplace_back();
  spec.function = "guest";
  spec.kind = "http";
  spec.ready_path = "/health/readiness";
  if (options.family == KernelFamily::Nanos)
    FAASC_CHECK(image.write_nanos(program, *kernel, options));
  else
    FAASC_CHECK(image.write_linux(program, *kernel, options));
  return image;
}

Result<void> GuestImage::write_nanos(const Program& program, const Kernel& kernel, const Options& options) {
  NanosDiskRequest request{.program = program, .kernel = kernel};
  bool pc = options.architecture == kX86_64;
  request.bios_bootable = options.bios_bootable && pc;
  request.uefi_bootable = options.uefi_bootable;
  if (options.writable) request.ephemeral_storage_bytes = 1 << 20;
  FAASC_TRY([[maybe_unused]] Image disk, write_nanos_disk(request, spec.disks[0].path));
  spec.disks[0].bios_bootable = request.bios_bootable;
  spec.disks[0].uefi_bootable = request.uefi_bootable;
  if (pc)
    spec.exit_port = 0x501;
  else
    spec.semihosting_exit = true;
  return {};
}

Result<void> GuestImage::write_linux(const Program& program, const Kernel& kernel, const Options& options) {
  LinuxDiskRequest request{.program = program, .kernel = kernel, .init = FAASC_LINUX_INIT};
  if (options.writable) request.ephemeral_storage_bytes = 1 << 20;
  FAASC_TRY([[maybe_unused]] Image disk, write_linux_disk(request, spec.disks[0].path));
  spec.exit_port = 0xf4;
  spec.direct_boot->initrd = linux_initrd_path(spec.disks[0].path);
  spec.direct_boot->command_line =
      linux_command_line({.writable = options.writable, .exit_port = spec.exit_port});
  return {};
}

}  // namespace faasc
