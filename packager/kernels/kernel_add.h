#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "packager/kernels/kernel_store.h"
#include "packager/kernels/staged_kernel.h"

namespace faasc {

struct KernelAdd {
  std::filesystem::path source;  ///< see add_kernel
  std::string version;           ///< empty: what the source says of itself
  bool force = false;            ///< replace another kernel of that name
};

/// Copies a kernel from this machine into the store. `source` is
///   - a Nanos release, as a directory or a tar archive (nanos_release.h); its version stands in the name of
///   the archive or of
///     the directory;
///   - a directory with a Linux kernel's vmlinux, and perhaps bzImage and modules.cpio; its version is in the
///   kernel;
///   - a Debian package of a Linux kernel.
/// FAASC0620 where the version is not to be found; FAASC0602 for a Nanos that is too old.
Result<Added> add_kernel(const KernelStore& store, const KernelAdd& add);

}  // namespace faasc
