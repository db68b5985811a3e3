#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// A directory with an image of the tests' guest program and the VmSpec to start it.
class GuestImage {
 public:
  struct Options {
    std::vector<std::string> arguments = {"serve"};  ///< of tests/boot/guest.c
    bool bios_bootable = true;
    bool writable = true;
  };

  /// With the newest Nanos of the store. Where this host has none, or no QEMU, an error of Fault::Missing,
  /// for which a test skips.
  static Result<GuestImage> make(const Options& options);

  VmSpec spec;
  const std::filesystem::path& directory() const { return directory_.path(); }

 private:
  explicit GuestImage(TemporaryDirectory directory) : directory_(std::move(directory)) {}
  TemporaryDirectory directory_;
};

}  // namespace faasc
