#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/driver/command.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"

namespace faasc {
namespace {

Result<int> lock(Session& session, const ProjectOptions& project) {
  FAASC_TRY(std::optional<LockedFunction> locked, lock_target(session, project));
  if (!locked) return session.status();
  session.set_result("distributions", std::to_string(locked->distributions));
  if (locked->distributions == 0) {
    session.console().say("'" + locked->name + "' requires nothing, so there is nothing to lock");
    return 0;
  }
  session.set_result("file", nlohmann::json(locked->file.string()).dump());
  session.set_result("python", nlohmann::json(locked->python).dump());
  session.console().say("locked " + std::to_string(locked->distributions) + " distributions of '" +
                        locked->name + "' for Python " + locked->python);
  if (session.options().format == ReportFormat::Text) session.console().print(as_typed(locked->file) + "\n");
  return 0;
}

}  // namespace

Action configure_lock(CLI::App& app) {
  auto options = std::make_shared<ProjectOptions>();
  add_project_options(app, *options);
  return [options](Session& session) { return lock(session, *options); };
}

}  // namespace faasc
