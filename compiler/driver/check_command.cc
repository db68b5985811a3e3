#include <memory>

#include <CLI/CLI.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/project_options.h"
#include "compiler/driver/session.h"

namespace faasc {

Action configure_check(CLI::App& app) {
  auto options = std::make_shared<ProjectOptions>();
  add_project_options(app, *options);
  return [options](Session& session) -> Result<int> {
    FAASC_TRY(std::optional<Project> project, load_project(session, *options));
    if (project) {
      const Manifest& manifest = project->manifest;
      session.console().say("'" + *manifest.name + "' (" +
                            std::string(name_of(manifest.runtime->value.language)) +
                            "): " + manifest.path.string() + " is fine");
    }
    return session.status();
  };
}

}  // namespace faasc
