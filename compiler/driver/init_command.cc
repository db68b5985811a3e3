#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/import_file.h"
#include "compiler/driver/project_template.h"
#include "compiler/driver/session.h"

namespace faasc {

namespace fs = std::filesystem;

namespace {

struct InitOptions {
  std::string directory;
  std::string name = "cpp-http";
  std::string from;
  std::string function;
  bool list = false;
};

Result<int> begin_from_template(Session& session, const InitOptions& options) {
  std::string target = options.directory.empty() ? "." : options.directory;
  FAASC_TRY(Installation installation, Installation::find());
  FAASC_TRY(fs::path directory, installation.shared("templates"));
  FAASC_TRY(std::vector<ProjectTemplate> templates, list_templates(directory));
  if (options.list) {
    for (const ProjectTemplate& one : templates) {
      session.console().print(one.name + (one.description.empty() ? "" : "  " + one.description) + "\n");
    }
    return 0;
  }
  FAASC_TRY(const ProjectTemplate* chosen, find_template(templates, options.name));
  FAASC_TRY(std::vector<std::string> files, lay_down(*chosen, target, installed_schema_line(installation)));
  for (const std::string& file : files)
    session.console().say_verbose("wrote " + (fs::path(target) / file).lexically_normal().string());
  bool here = target == ".";
  session.console().say("made a project from '" + chosen->name + "'" + (here ? "" : " in '" + target + "'") +
                        "; next: faasc build" + (here ? "" : " " + target));
  return 0;
}

}  // namespace

Action configure_init(CLI::App& app) {
  auto options = std::make_shared<InitOptions>();
  app.add_option("directory", options->directory,
                 "where the project goes; it may exist, its files are never overwritten")
      ->type_name("DIR");
  CLI::Option* name =
      app.add_option("-t,--template", options->name, "the project to begin with; cpp-http where absent")
          ->type_name("NAME");
  CLI::Option* from =
      app.add_option("--from", options->from,
                     "make faas.yaml of another tool's file: template.yaml (SAM), func.yaml (Knative), "
                     "stack.yaml (OpenFaaS), config.json (OPS), Kraftfile")
          ->type_name("FILE")
          ->excludes(name);
  app.add_option("--function", options->function, "which function, where FILE has several")
      ->type_name("NAME")
      ->needs(from);
  app.add_flag("--list", options->list, "list the templates")->excludes(from);
  return [options](Session& session) -> Result<int> {
    if (options->from.empty()) return begin_from_template(session, *options);
    return import_file(
        session, {.file = options->from, .directory = options->directory, .function = options->function});
  };
}

}  // namespace faasc
