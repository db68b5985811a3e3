#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "packager/archive/container_config.h"
#include "packager/archive/tree_archive.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// Writes an OCI image layout (OCI image specification 1.1) with one image for linux, whose one layer is
/// `tree`, into the empty directory `directory`. The layer is a plain tar, so that no compressor's version
/// shows; `config.diff_ids` is set here. `reference` names the image. The same input gives the same bytes.
Result<TreeArchiveOutcome> write_oci_layout(const StoredTree& tree, const TreeArchiveOptions& options,
                                            ContainerConfig config, const std::string& reference,
                                            const std::filesystem::path& directory);

/// The same directory as a tar.
Result<void> write_layout_archive(const std::filesystem::path& directory, const ArchiveSink& sink);

}  // namespace faasc
