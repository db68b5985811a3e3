#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/driver/command.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"

namespace faasc {
namespace {

void tell_distributions(Session& session, const LockedFunction& locked) {
  session.set_result("distributions", std::to_string(locked.distributions));
  if (locked.distributions == 0) return;
  session.set_result("requirements", nlohmann::json(locked.requirements.string()).dump());
  session.set_result("python", nlohmann::json(locked.python).dump());
  session.console().say("locked " + std::to_string(locked.distributions) + " distributions of '" +
                        locked.name + "' for Python " + locked.python);
  if (session.options().format == ReportFormat::Text)
    session.console().print(as_typed(locked.requirements) + "\n");
}

Result<int> lock(Session& session, const TargetArguments& target) {
  FAASC_TRY(std::optional<LockedFunction> locked, lock_target(session, target));
  if (!locked) return session.status();
  tell_distributions(session, *locked);
  session.set_result("file", nlohmann::json(locked->file.string()).dump());
  session.set_result("pins", std::to_string(locked->pins));
  session.console().say("pinned " + std::to_string(locked->pins) +
                        (locked->pins == 1 ? " thing" : " things") + " that '" + locked->name +
                        "' is made of");
  if (session.options().format == ReportFormat::Text) session.console().print(as_typed(locked->file) + "\n");
  return 0;
}

}  // namespace

Action configure_lock(CLI::App& app) {
  auto target = std::make_shared<TargetArguments>();
  add_target_options(app, *target, "a project [.]");
  return [target](Session& session) { return lock(session, *target); };
}

}  // namespace faasc
