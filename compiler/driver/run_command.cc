#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/process_start.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/command.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/core_dump.h"
#include "compiler/driver/detach.h"
#include "compiler/driver/guest_changes.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"
#include "compiler/driver/vm_options.h"
#include "launcher/codes.h"
#include "launcher/console_printer.h"

namespace faasc {
namespace {

struct RunArguments {
  TargetArguments target;
  VmArguments vm;
  std::vector<std::string> ports;
  std::string name;
  bool json = false, detach = false;
};

// From the machine's start to its end.
Result<int> serve(Session& session, const RunArguments& arguments, const VmSpec& spec, Machine& machine) {
  FAASC_CHECK(machine.wait_ready());
  if (arguments.json) {
    nlohmann::ordered_json line{{"address", machine.url()}, {"pid", machine.pid()}};
    session.console().print(line.dump() + "\n");
  }
  session.console().say(spec.name + " is at " + machine.url() + " (" + machine.summary() +
                        "); Ctrl-C stops it");
  if (arguments.vm.time) session.console().complain(to_text(machine.phases()));

  auto ended = machine.wait();
  if (!ended && ended.error().fault != Fault::Interrupted) return std::move(ended).error();
  bool interrupted = !ended;
  GuestExit exit = interrupted ? machine.stop() : *ended;
  if (auto failure = machine.error_of(exit)) return std::move(*failure);
  session.console().say(spec.name + " " + to_text(exit));
  return interrupted ? 128 + interrupt_signal() : 0;
}

Result<int> run_machine(Session& session, const RunArguments& arguments) {
  std::optional<Keeper> keeper = arguments.detach ? this_keeper(session) : std::nullopt;
  if (arguments.detach && !keeper) return start_keeper(session);
  FAASC_TRY(std::optional<VmSpec> spec, load_target(session, arguments.target));
  if (!spec) return session.status();
  const std::filesystem::path image = image_of(*spec);
  FAASC_TRY(StartOptions options, prepare_guest(session, arguments.vm, *spec));
  options.began = keeper ? keeper->began : process_began();
  FAASC_CHECK(forward_ports(arguments.ports, arguments.vm, *spec, options));
  // As one would run the program itself: the function's port is the host's.
  if (options.ports.empty()) options.ports.push_back({.host = spec->http_port, .guest = spec->http_port});
  if (keeper)
    return keep_machine(session, keeper->descriptor, *spec, std::move(options),
                        {.name = arguments.name, .json = arguments.json, .vm = arguments.vm});
  // With --json the one line on standard output is ours; the guest's lines make room.
  ConsolePrinter printer(arguments.json ? STDERR_FILENO : STDOUT_FILENO);
  options.on_console = [&](const ConsoleLine& line) {
    if (line.source == ConsoleLine::Source::Program || session.console().verbose()) printer.print(line);
  };

  FAASC_TRY(Machine machine, Machine::start(*spec, options));
  say_if_emulated(session, arguments.vm, machine);
  Result<int> status = serve(session, arguments, *spec, machine);
  if (!arguments.vm.core.empty() && machine.ended())
    FAASC_CHECK(save_core_dump(session, image, spec->disks.front().path, arguments.vm.core));
  return status;
}

}  // namespace

Action configure_run(CLI::App& app) {
  auto arguments = std::make_shared<RunArguments>();
  add_target_options(app, arguments->target, "a project, an image or a VM spec [.]");
  app.add_option("-p,--port", arguments->ports,
                 "a port of this host that leads to the machine's; 0: any [8080:8080]")
      ->type_name("HOST:GUEST")
      ->allow_extra_args(false);
  add_vm_options(app, arguments->vm);
  auto* detach = app.add_flag("-d,--detach", arguments->detach,
                              "return when the function is ready, and leave the machine running");
  app.add_option("--core", arguments->vm.core,
                 "where a crash leaves a core dump, for 'faasc debug --core' (Nanos)")
      ->type_name("FILE")
      ->excludes(detach);
  app.add_option("--name", arguments->name, "what 'faasc ps' calls the machine [the function's name]")
      ->type_name("NAME")
      ->needs(detach);
  app.add_flag("--json", arguments->json, "print one line of JSON when the function is ready");
  return [arguments](Session& session) { return run_machine(session, *arguments); };
}

}  // namespace faasc
