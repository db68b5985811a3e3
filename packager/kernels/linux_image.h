#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace faasc {

/// The uncompressed kernel inside a bzImage for x86-64 (boot protocol 2.08 or later,
/// Documentation/arch/x86/boot.rst), made small: see compact_vmlinux(). `name` is what errors call the file.
Result<std::string> vmlinux_of(std::string_view bzimage, const std::string& name);

/// An ELF file with the segments of `vmlinux` and nothing else: no section headers, nothing that follows them
/// (relocations), no zeros at the ends of segments, no gaps. All that a loader of PVH kernels looks at.
Result<std::string> compact_vmlinux(std::string_view vmlinux, const std::string& name);

}  // namespace faasc
