#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// The first Nanos release that mounts version 5 of its filesystem, the only one faasc writes.
inline constexpr std::string_view kOldestNanos = "0.1.47";

/// Orders versions as people read them: runs of digits count by value ("0.1.9" before "0.1.10"), a longer
/// version comes after the one it extends ("0.1.55" before "0.1.55-27-gb9c3671d") unless what it adds says
/// that it comes before a release ("0.1.56-rc1", "0.1.56-beta", "0.1.56~1"), and a name that does not begin
/// with a digit ("nightly") before all that do.
std::strong_ordering compare_versions(std::string_view a, std::string_view b);

/// Whether `text` can name a kernel: a letter or digit, then up to 127 letters, digits and ". _ + ~ -".
bool is_version_name(std::string_view text);

/// Whether the name says that it is a debug build: "0.1.55-debug".
bool is_debug_name(std::string_view version);

/// Whether `text` looks like a release number: digits, a dot, and a digit after it.
bool is_release_number(std::string_view text);

/// Refuses a Nanos release whose number says that it cannot mount what faasc writes. A version that is not a
/// number passes.
Result<void> check_supported(KernelFamily family, std::string_view version);

}  // namespace faasc
