#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace faasc {

/// Checks the bytes of a boot.img, the BIOS loader of Nanos for x86_64: stage 1 in the first sector, which
/// describes what follows it, and stage 2. Errors call it `shown`. FAASC0611 where it is something else;
/// FAASC0855 where it cannot read what faasc writes, and so belongs to an older release.
Result<void> check_boot_blob(std::string_view bytes, const std::string& shown);

/// A version of Nanos' file system that the loader reads, where its code shows that it does not read the one
/// that faasc writes. Nothing where it reads that one, or cannot be understood.
std::optional<unsigned> other_tfs_version(std::string_view boot_blob);

}  // namespace faasc
