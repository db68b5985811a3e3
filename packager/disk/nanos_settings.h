#pragma once

#include "packager/disk/guest_settings.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

/// A guest's settings as attributes of Nanos' root tuple: to be merged into one that is there (edit_tfs).
TfsTuple nanos_settings(const GuestSettings& settings);

}  // namespace faasc
