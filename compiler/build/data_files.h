#pragma once

#include <filesystem>
#include <vector>

#include "base/diagnostics.h"
#include "manifests/manifest.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// Adds what the manifest's `files:` names to the tree: a file under its new name, or a directory with
/// everything in it. Symlinks inside such a directory stay symlinks; one that leads out of the project is
/// refused. `inputs` gets every file and directory that was looked at. Problems go to `diagnostics`, at the
/// entry's place.
void add_data_files(const Manifest& manifest, Rootfs& rootfs, std::vector<std::filesystem::path>& inputs,
                    Diagnostics& diagnostics);

}  // namespace faasc
