#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/project_template.h"
#include "compiler/driver/session.h"

namespace faasc {

namespace fs = std::filesystem;

Action configure_init(CLI::App& app) {
  struct Options {
    std::string directory = ".";
    std::string name = "cpp-http";
    bool list = false;
  };
  auto options = std::make_shared<Options>();
  app.add_option("directory", options->directory,
                 "where the project goes; it may exist, its files are never overwritten")
      ->type_name("DIR");
  app.add_option("-t,--template", options->name, "the project to begin with; cpp-http where absent")
      ->type_name("NAME");
  app.add_flag("--list", options->list, "list the templates");
  return [options](Session& session) -> Result<int> {
    FAASC_TRY(Installation installation, Installation::find());
    FAASC_TRY(fs::path directory, installation.shared("templates"));
    FAASC_TRY(std::vector<ProjectTemplate> templates, list_templates(directory));
    if (options->list) {
      for (const ProjectTemplate& one : templates) {
        session.console().print(one.name + (one.description.empty() ? "" : "  " + one.description) + "\n");
      }
      return 0;
    }
    FAASC_TRY(const ProjectTemplate* chosen, find_template(templates, options->name));
    FAASC_TRY(std::vector<std::string> files, lay_down(*chosen, options->directory));
    for (const std::string& file : files) {
      session.console().say_verbose("wrote " +
                                    (fs::path(options->directory) / file).lexically_normal().string());
    }
    bool here = options->directory == ".";
    session.console().say("made a project from '" + chosen->name + "'" +
                          (here ? "" : " in '" + options->directory + "'") + "; next: faasc build" +
                          (here ? "" : " " + options->directory));
    return 0;
  };
}

}  // namespace faasc
