#include "launcher/kernel_digest.h"

#include "base/sha256.h"

namespace faasc {
namespace {

constexpr const char* kKernelChanged = "FAASC0606";  // as the kernel store says it: packager/kernels/codes.h

}  // namespace

Result<void> check_kernel_digest(const VmSpec::DirectBoot& boot) {
  if (boot.kernel_sha256.empty()) return {};
  FAASC_TRY(Sha256Digest digest, sha256_of_file(boot.kernel));
  if (to_hex(digest) == boot.kernel_sha256) return {};
  return Error{Fault::Input,
               kKernelChanged,
               "'" + boot.kernel.string() +
                   "' is not the kernel that the image was built for: its SHA-256 is " + to_hex(digest) +
                   " where the image says " + boot.kernel_sha256,
               {},
               "build the image again; `faasc kernel verify` tells whether the kernel was changed"};
}

}  // namespace faasc
