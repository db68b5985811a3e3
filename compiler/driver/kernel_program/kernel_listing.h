#pragma once

#include <string>
#include <vector>

#include "packager/kernels/kernel.h"

namespace faasc {

/// "1.7 MiB", "812 B"
std::string readable_size(std::uint64_t bytes);

/// One line for each kernel: its name, size and origin; "*" marks the one that is `is_default`
/// ("nanos@0.1.55").
std::string kernels_as_text(const std::vector<Kernel>& kernels, const std::string& is_default);

/// Schema "faasc.kernels/1": {"schema", "store", "default", "kernels": [as kernel_as_json]}; "default" is
/// null where there is none.
std::string kernels_as_json(const std::vector<Kernel>& kernels, const std::string& is_default,
                            const std::string& store);

/// "key: value" lines, then a line for each file.
std::string kernel_as_text(const Kernel& kernel, const std::string& commit);

/// {"name", "family", "version", "architecture", "origin", "directory", "usable", "boots": ["direct", "bios",
/// "uefi"],
///  "files": {name: {"size", "sha256"}}}; "sha256" only where it is known. `usable` is false for a Nanos that
///  is too old.
std::string kernel_as_json(const Kernel& kernel);

}  // namespace faasc
