#pragma once

#include <filesystem>
#include <vector>

#include "manifests/reader.h"

namespace faasc {

/// Whether a change of any of `files` can change what the build of this manifest makes, by what its last
/// build read. True where there was none, where the manifest cannot be read, and in every other doubt.
bool is_affected(const std::filesystem::path& manifest, const std::vector<std::filesystem::path>& files,
                 const ManifestEnvironment& environment);

}  // namespace faasc
