#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "launcher/machine.h"
#include "packager/disk/guest_settings.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// "--volume FILE[:/GUEST][:ro]" or "--share DIRECTORY:/GUEST[:ro]", taken apart.
struct MountOption {
  std::string host;   ///< the file or the directory
  std::string guest;  ///< an absolute path, or for a share a tag of the manifest's; empty: none was given
  bool read_only = false;
};
MountOption parse_mount_option(std::string_view text);

/// Gives the machine the volumes and directories that the options name: disks and shares in `spec`, what they
/// need while it runs in `options` (they stay locked), and in `settings` the mounts that its image does not
/// know of. What the image does know of is found by a volume's label, or by a share's path or tag.
///
/// FAASC0747 for options that mean nothing, FAASC0748 for a volume that another machine has, FAASC0749 for
/// what is no volume of this guest's kernel, FAASC0753 for what cannot be shared, FAASC0751 for two mounts
/// that are in each other's way.
Result<void> add_mounts(const std::vector<std::string>& volumes, const std::vector<std::string>& shares,
                        VmSpec& spec, GuestSettings& settings, StartOptions& options);

/// Those of the image's mounts that nothing is there for.
std::vector<VmSpec::Mount> unmet_mounts(const VmSpec& spec);
/// FAASC0750 where there is one.
Result<void> check_mounts_met(const VmSpec& spec);

}  // namespace faasc
