#pragma once

#include <string>
#include <string_view>

#include "packager/disk/guest_settings.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

/// A guest's settings as attributes of Nanos' root tuple: to be merged into one that is there (edit_tfs).
TfsTuple nanos_settings(const GuestSettings& settings);

/// What Nanos calls the volume or share of a mount. A share's tag has to be a number, which the kernel puts
/// behind "virtfs".
std::string nanos_mount_name(const GuestMount& mount);

/// Adds an empty directory to what is to be merged into a root tuple, with those above it. Merging leaves
/// directories that are there as they are.
void add_directory(TfsTuple& root, std::string_view path);

}  // namespace faasc
