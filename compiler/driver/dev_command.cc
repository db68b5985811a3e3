#include <memory>

#include <CLI/CLI.hpp>

#include "compiler/driver/command.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/dev/dev_loop.h"

namespace faasc {

Action configure_dev(CLI::App& app) {
  auto arguments = std::make_shared<DevArguments>();
  add_target_options(app, arguments->target, "a project [.]");
  app.add_option("-p,--port", arguments->port,
                 "the port of this host, and of the machine; 0: any free one [8080:8080]")
      ->type_name("HOST:GUEST");
  add_vm_options(app, arguments->vm);
  return [arguments](Session& session) { return DevLoop(session, *arguments).run(); };
}

}  // namespace faasc
