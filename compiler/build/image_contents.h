#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "packager/kernels/kernel.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// What takes room in an image, for one reason.
struct Contribution {
  std::string what;  ///< "the program '/hello'", "3 libraries of …", as the tree's reasons have it
  std::uint64_t bytes = 0;
};

/// The five largest, largest first: the tree's files by the reason each is there for, and the kernel where it
/// lies on the disk, with its libraries.
std::vector<Contribution> largest_contributions(const Rootfs& rootfs, const Kernel& kernel,
                                                const std::vector<std::string>& klibs);

/// "2.7 MiB", "640 KiB"
std::string size_text(std::uint64_t bytes);

}  // namespace faasc
