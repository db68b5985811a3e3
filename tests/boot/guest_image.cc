#include "tests/boot/guest_image.h"

#include "base/process.h"
#include "packager/disk/nanos_disk.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {

Result<GuestImage> GuestImage::make(const Options& options) {
  if (!find_program("qemu-system-x86_64")) return Error{Fault::Missing, "", "QEMU is not installed", {}, {}};
  FAASC_TRY(KernelStore store, KernelStore::open());
  auto kernel = store.find(KernelFamily::Nanos);
  if (!kernel) return Error{Fault::Missing, "", "no Nanos kernel: " + kernel.error().what, {}, {}};
  FAASC_TRY(TemporaryDirectory directory,
            TemporaryDirectory::create(std::filesystem::temp_directory_path(), "boot"));
  GuestImage image(std::move(directory));

  Program program;
  program.executable = "/guest";
  FAASC_CHECK(
      program.rootfs.add("/guest", {.content = HostFile{FAASC_BOOT_GUEST}, .mode = 0755, .why = "program"}));
  program.argv = {"/guest"};
  program.argv.insert(program.argv.end(), options.arguments.begin(), options.arguments.end());
  NanosDiskRequest request{.program = program, .kernel = *kernel};
  request.bios_bootable = options.bios_bootable;
  if (options.writable) request.ephemeral_storage_bytes = 1 << 20;
  FAASC_TRY(Image disk, write_nanos_disk(request, image.directory() / "guest.img"));

  VmSpec& spec = image.spec;
  spec.name = "guest";
  spec.kernel_family = "nanos";
  spec.memory_bytes = std::uint64_t{256} << 20;
  spec.direct_boot.emplace();
  spec.direct_boot->kernel_version = kernel->version;
  spec.direct_boot->kernel = kernel->image;
  spec.disks = {{.path = disk.path,
                 .format = "raw",
                 .read_only = !options.writable,
                 .bios_bootable = options.bios_bootable}};
  spec.nics.emplace_back();
  spec.exit_port = 0x501;
  spec.function = "guest";
  spec.kind = "http";
  spec.ready_path = "/health/readiness";
  return image;
}

}  // namespace faasc
