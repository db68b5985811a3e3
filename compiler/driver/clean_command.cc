#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/build/clean.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/project_options.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"

namespace faasc {
namespace {

struct CleanArguments {
  ProjectOptions project;
  std::string output;
};

Result<int> clean(Session& session, const CleanArguments& arguments) {
  std::filesystem::path directory, image;
  if (arguments.output.empty()) {
    FAASC_TRY(std::filesystem::path manifest, find_manifest(arguments.project));
    directory = manifest.parent_path() / "build";
  } else {
    image = arguments.output;
    directory = image.parent_path();
  }
  FAASC_TRY(auto removed, clean_builds(directory, image.filename().string()));
  nlohmann::json names = nlohmann::json::array();
  for (const auto& path : removed) {
    session.console().say_verbose("removed " + as_typed(path));
    names.push_back(path.string());
  }
  session.set_result("removed", names.dump());
  session.console().say(removed.empty() ? "there was nothing to remove"
                                        : "removed " + std::to_string(removed.size()) + " outputs of builds");
  return 0;
}

}  // namespace

Action configure_clean(CLI::App& app) {
  auto arguments = std::make_shared<CleanArguments>();
  add_project_options(app, arguments->project);
  app.add_option("-o,--output", arguments->output, "an image that was built elsewhere, as 'build -o' had it")
      ->type_name("FILE");
  return [arguments](Session& session) { return clean(session, *arguments); };
}

}  // namespace faasc
