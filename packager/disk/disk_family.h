#pragma once

#include <optional>

#include "base/byte_source.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// Which kernel a raw disk, or a bare file system, is for, by what its root file system is: a TFS is for
/// Nanos, an ext4, an EROFS or an initramfs for Linux. Nothing where it is neither; what is wrong with it is
/// for the family's reader to say.
std::optional<KernelFamily> family_of_disk(const ByteSource& disk);

}  // namespace faasc
