#pragma once

#include <filesystem>

#include "base/result.h"
#include "packager/archive/container_config.h"
#include "packager/rootfs/stored_tree.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

/// How a container engine would run what an image of Nanos runs: from the root tuple's program, arguments,
/// environment and cwd. Empty where it names no program.
ContainerConfig config_of_nanos(const TfsTuple& attributes);

/// The same for one of our Linux images: from /etc/faasc/program. Empty where there is none.
Result<ContainerConfig> config_of_linux(const StoredTree& tree);

/// Adds what the VM spec beside the image says: the port. Nothing where there is no spec.
void add_spec(const std::filesystem::path& image, ContainerConfig& config);

}  // namespace faasc
