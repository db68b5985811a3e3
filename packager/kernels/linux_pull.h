#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "packager/kernels/kernel_store.h"
#include "packager/kernels/staged_kernel.h"

namespace faasc {

struct LinuxPull {
  std::string release;  ///< "6.1.0-44-cloud-amd64"; empty: what the distribution's virtual machines get
  bool force = false;   ///< download even what is there, and replace what differs
  std::function<void(const std::string& line)> say;  ///< told of every step
};

/// Downloads the distribution's kernel packages with `apt-get download`, which checks their signatures and
/// needs no root, and takes the kernel out of them. The package is the one that linux-image-cloud-amd64
/// (Debian) or linux-image-virtual (Ubuntu) depends on. Without `force`, a release that is in the store
/// undamaged is not downloaded again. FAASC0635 where there is no apt, FAASC0636 where it knows no such
/// package, FAASC0637 where it fails.
Result<Added> pull_linux(const KernelStore& store, const LinuxPull& pull);

}  // namespace faasc
