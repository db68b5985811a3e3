#include <memory>

#include <CLI/CLI.hpp>

#include "compiler/driver/codes.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/detached_machines.h"
#include "compiler/driver/session.h"
#include "launcher/detached/stop_machine.h"

namespace faasc {
namespace {

struct StopArguments {
  std::vector<std::string> names;
  bool all = false;
};

Result<int> stop_machines(Session& session, const StopArguments& arguments) {
  if (arguments.names.empty() && !arguments.all)
    return Error{Fault::Usage,
                 kBadCommandLine,
                 "no machine is named",
                 {},
                 "'faasc ps' lists those that run; --all stops them"};
  FAASC_TRY(MachineRegistry registry, MachineRegistry::open(session.environment()));
  FAASC_TRY(MachineRegistry::Listing listing, registry.list());
  say_lost(session, listing);
  std::vector<DetachedMachine> machines = arguments.all ? listing.machines : std::vector<DetachedMachine>();
  // A name that is wrong stops nothing.
  for (const std::string& name : arguments.names) {
    FAASC_TRY(DetachedMachine machine, MachineRegistry::find(listing, name));
    machines.push_back(std::move(machine));
  }
  int status = 0;
  for (const DetachedMachine& machine : machines) {
    Progress::Step step = session.progress().start("stopping " + machine.name);
    auto end = stop_machine(registry, machine);
    if (!end && end.error().fault == Fault::Interrupted) return std::move(end).error();
    std::optional<Error> error = end ? end->error : std::move(end).error();
    if (error) {
      step.fail();
      error->during.push_back("stopping " + machine.name + " (" + machine.id + ")");
      session.report(*error);
      if (status == 0) status = exit_status(error->fault);
    } else {
      step.done();
      session.console().say(machine.name + " (" + machine.id + ") " + end->text);
    }
  }
  return status;
}

}  // namespace

Action configure_stop(CLI::App& app) {
  auto arguments = std::make_shared<StopArguments>();
  app.add_option("machines", arguments->names, "machines that run in the background, by name or id")
      ->type_name("NAME|ID");
  app.add_flag("--all", arguments->all, "all of them");
  return [arguments](Session& session) { return stop_machines(session, *arguments); };
}

}  // namespace faasc
