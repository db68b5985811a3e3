#include "compiler/build/disk_boot.h"

#include "compiler/build/codes.h"
#include "packager/disk/klibs.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {

DiskBoot disk_boot(const Manifest& manifest, const Kernel& kernel, Diagnostics& diagnostics) {
  bool nanos = kernel.family == KernelFamily::Nanos;
  auto needs = [&](const std::filesystem::path& file, std::string_view name) {
    if (!file.empty()) return;
    diagnostics.add(manifest.finding(
        Severity::Error, kKernelCannotBootDisk,
        "kernel " + full_name(kernel) + " has no " + std::string(name) + ", which such a disk is booted by",
        manifest.image.boot.place, "pull the kernel again, or use 'boot: direct'"));
  };
  switch (*manifest.image.boot) {
    case ImageBoot::Auto:
      return {.bios = nanos && !kernel.boot_blob.empty()};
    case ImageBoot::Direct:
      return {};
    case ImageBoot::Bios:
      // A Linux disk has one copy of the kernel for both, and the loaders are small.
      if (!nanos) break;
      if (kernel.architecture == kAarch64) {
        diagnostics.add(manifest.finding(Severity::Error, kNoBios, "a machine for aarch64 has no BIOS",
                                         manifest.image.boot.place, "use 'boot: uefi' or 'boot: direct'"));
        return {};
      }
      needs(kernel.boot_blob, "boot.img");
      return {.bios = true};
    case ImageBoot::Uefi:
      if (!nanos) break;
      needs(kernel.uefi_loader, kernel.architecture == kAarch64 ? "bootaa64.efi" : "bootx64.efi");
      return {.bios = !kernel.boot_blob.empty(), .uefi = true};
  }
  needs(kernel.bzimage, "bzImage");
  return {.bios = true, .uefi = true};
}

void check_klibs(const Manifest& manifest, const Kernel& kernel, Diagnostics& diagnostics) {
  if (kernel.family != KernelFamily::Nanos) return;
  for (const Located<std::string>& klib : manifest.image.klibs) {
    if (auto found = klibs_to_load(kernel, {*klib}); !found)
      diagnostics.add(manifest.finding(Severity::Error, found.error().code, found.error().what, klib.place,
                                       found.error().hint));
  }
}

}  // namespace faasc
