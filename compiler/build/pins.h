#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// One thing from outside the project that is in an image or made it, and by what it is told from others.
struct Pin {
  std::string kind;     ///< "kernel", "interpreter", "wheel", "toolchain", "module", "library"
  std::string name;     ///< "nanos", "flask", "/usr/lib/x86_64-linux-gnu/libc.a"
  std::string version;  ///< empty where only the digest tells
  std::string digest;   ///< "sha256:<hexadecimal>"; of a Go module go.sum's "h1:…"
  auto operator<=>(const Pin&) const = default;
};

/// Reads what a build read (its record's inputs, or what will be) and gives each file of others its pin:
///
/// - kernel: SHA-256 of the lines "<digest>  <file>\n" of its files, as sha256sum(1) prints them, by name
/// - interpreter: Python's program and its library, each file's own
/// - wheel: of its RECORD, which has the digest of each of its files, without what an installer adds
/// - module: the line of go.sum; toolchain: Go's file VERSION
/// - library: static and shared libraries and objects of this host that are linked or copied
///
/// Sorted; the project's own files, faasc's and caches are not among them.
Result<std::vector<Pin>> pins_of(const std::vector<std::string>& inputs, const Kernel& kernel);

}  // namespace faasc
