#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"

namespace faasc {

/// What the file is called.
inline constexpr const char* kWorkspaceFile = "faas.workspace.yaml";

/// Several functions that are built together: what a faas.workspace.yaml says.
struct Workspace {
  std::vector<std::filesystem::path> manifests;  ///< as the user would type them, in byte order
};

/// Reads the file, which has the keys `apiVersion` and `functions`: patterns, as in a .gitignore, of
/// directories below it that hold a faas.yaml; without `functions` all of them. Directories that hold no
/// source of anyone (.git, node_modules, build trees) and functions are not searched for further ones.
/// Complaints about the file go to `diagnostics`; nothing where one was an error.
Result<std::optional<Workspace>> read_workspace(const std::filesystem::path& path, Diagnostics& diagnostics);

}  // namespace faasc
