#include "compiler/driver/project_options.h"

#include <CLI/CLI.hpp>

#include "compiler/build/codes.h"
#include "compiler/driver/session.h"
#include "manifests/reader.h"

namespace faasc {

namespace fs = std::filesystem;

void add_project_options(CLI::App& app, ProjectOptions& options) {
  app.add_option("project", options.project,
                 "directory of the function, or its manifest; the current directory where absent")
      ->type_name("PROJECT");
  app.add_option("-f,--file", options.manifest, "the manifest, where it is not called faas.yaml")
      ->type_name("FILE");
}

Result<fs::path> find_manifest(const ProjectOptions& options) {
  std::error_code ignored;
  if (!options.manifest.empty() && !options.project.empty()) {
    return Error{.fault = Fault::Usage,
                 .code = kNoManifest,
                 .what = "both '" + options.project + "' and '-f " + options.manifest + "' name a project",
                 .hint = "give one of them"};
  }
  std::string named = options.manifest.empty() ? options.project : options.manifest;
  // No "./" in front of what the user will read in every message.
  fs::path path = named.empty() ? fs::path("faas.yaml") : fs::path(named);
  if (!named.empty() && fs::is_directory(path, ignored))
    path = named == "." ? fs::path("faas.yaml") : path / "faas.yaml";
  if (fs::exists(path, ignored)) return path;
  fs::path other = path.parent_path() / "faas.yml";
  std::string hint = fs::exists(other, ignored)
                         ? "there is '" + other.string() + "': rename it to 'faas.yaml', or name it with -f"
                         : "name the project's directory, or start a new project with 'faasc init'";
  return Error{.fault = Fault::Usage,
               .code = kNoManifest,
               .what = "there is no '" + path.string() + "'",
               .hint = std::move(hint)};
}

Result<std::optional<Project>> load_project(Session& session, const ProjectOptions& options) {
  FAASC_TRY(fs::path path, find_manifest(options));
  Diagnostics diagnostics;
  std::optional<Manifest> manifest =
      read_manifest(path, diagnostics, ManifestEnvironment{session.environment()});
  std::optional<Project> project;
  if (manifest) {
    FAASC_TRY(ProjectListing listing,
              list_project(manifest->directory).during("looking at the files of the project"));
    resolve_manifest(*manifest, listing, diagnostics);
    if (!diagnostics.has_errors()) project = Project{std::move(*manifest), std::move(listing)};
  }
  session.report(diagnostics);
  return project;
}

}  // namespace faasc
