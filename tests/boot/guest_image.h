#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "packager/kernels/kernel.h"
#include "packager/rootfs/program.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// A directory with an image of the tests' guest program and the VmSpec to start it.
class GuestImage {
 public:
  struct Options {
    KernelFamily family = KernelFamily::Nanos;
    std::vector<std::string> arguments = {"serve"};  ///< of tests/boot/guest.c
    bool bios_bootable = true;                       ///< Nanos only: our Linux disks hold no boot loader
    bool uefi_bootable = false;                      ///< Nanos only
    bool writable = true;
    std::string_view architecture = kX86_64;
    std::string version_part;  ///< of the kernels with this in their version; "!" before it: of those without
  };

  /// With the newest kernel of the family in the store. Where this host has none, or no QEMU, or no compiler
  /// for the guest's program, an error of Fault::Missing, for which a test skips.
  static Result<GuestImage> make(const Options& options);

  VmSpec spec;
  const std::filesystem::path& directory() const { return directory_.path(); }

 private:
  Result<void> write_nanos(const Program& program, const Kernel& kernel, const Options& options);
  Result<void> write_linux(const Program& program, const Kernel& kernel, const Options& options);

  explicit GuestImage(TemporaryDirectory directory) : directory_(std::move(directory)) {}
  TemporaryDirectory directory_;
};

}  // namespace faasc
