#pragma once

#include <map>
#include <string>
#include <vector>

#include "packager/kernels/kernel.h"

namespace faasc {

/// "1.7 MiB", "812 B"
std::string readable_size(std::uint64_t bytes);

/// The kernel for each architecture that a build uses which names none: "x86_64" → "nanos@0.1.55".
using DefaultKernels = std::map<std::string, std::string, std::less<>>;

/// One line for each kernel: its name, size and origin; "*" marks those that are default.
std::string kernels_as_text(const std::vector<Kernel>& kernels, const DefaultKernels& defaults);

/// Schema "faasc.kernels/1": {"schema", "store", "default", "defaults", "kernels": [as kernel_as_json]};
/// "default" is that of x86_64, null where there is none; "defaults" are all of them, by architecture.
std::string kernels_as_json(const std::vector<Kernel>& kernels, const DefaultKernels& defaults,
                            const std::string& store);

/// "key: value" lines, then a line for each file.
std::string kernel_as_text(const Kernel& kernel, const std::string& commit);

/// {"name", "family", "version", "architecture", "origin", "directory", "usable", "boots": ["direct", "bios",
/// "uefi"],
///  "files": {name: {"size", "sha256"}}}; "sha256" only where it is known. `usable` is false for a Nanos that
///  is too old.
std::string kernel_as_json(const Kernel& kernel);

}  // namespace faasc
