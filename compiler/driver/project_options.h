#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "compiler/driver/command.h"
#include "manifests/manifest.h"
#include "manifests/project.h"

namespace faasc {

/// The project a command works on: what `[PROJECT]` and `-f` say.
struct ProjectOptions {
  std::string project;   ///< a directory or a manifest; empty: the current directory
  std::string manifest;  ///< -f
};

/// Declares them. `options` must outlive `app`.
void add_project_options(CLI::App& app, ProjectOptions& options);

/// The path of the manifest. An error where there is none, or where both options name one.
Result<std::filesystem::path> find_manifest(const ProjectOptions& options);

/// A manifest with everything that needed a look at the project's files filled in.
struct Project {
  Manifest manifest;
  ProjectListing listing;
};

/// Reads and resolves the manifest and reports every finding. Nothing where there was an error among them:
/// exit with session.status() then.
Result<std::optional<Project>> load_project(Session& session, const ProjectOptions& options);

}  // namespace faasc
