#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"
#include "packager/archive/container_config.h"
#include "packager/archive/tree_archive.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// What a container image is besides its files.
struct OciImage {
  ContainerConfig config;
  std::string reference;                           ///< what it is called
  std::map<std::string, std::string> annotations;  ///< of its manifest
};

/// Writes an OCI image layout (OCI image specification 1.1) with one image for linux, whose one layer is
/// `tree`, into the empty directory `directory`. The layer is a plain tar, so that no compressor's version
/// shows; `image.config.diff_ids` is set here. The same input gives the same bytes.
Result<TreeArchiveOutcome> write_oci_layout(const StoredTree& tree, const TreeArchiveOptions& options,
                                            OciImage image, const std::filesystem::path& directory);

/// The same directory as a tar.
Result<void> write_layout_archive(const std::filesystem::path& directory, const ArchiveSink& sink);

}  // namespace faasc
