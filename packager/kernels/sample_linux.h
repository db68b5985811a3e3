#pragma once

#include <string>
#include <string_view>

namespace faasc {

// For tests: parts of a Linux kernel package with their real structure. None of them runs.

/// A bzImage around `payload`, which is its compressed part as stored, with whatever size it ends in.
std::string sample_bzimage_of(std::string_view payload);
/// A bzImage with `vmlinux` compressed by gzip.
std::string sample_bzimage(std::string_view vmlinux);
/// A kernel module whose .modinfo says depends=`dependencies` ("a,b").
std::string sample_module(std::string_view dependencies);

}  // namespace faasc
