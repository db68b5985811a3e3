#include <atomic>
#include <csignal>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <poll.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/command.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/debug/debug_session.h"
#include "compiler/driver/guest_changes.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"
#include "compiler/driver/vm_options.h"
#include "launcher/codes.h"
#include "launcher/console_printer.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

struct DebugArguments {
  TargetArguments target;
  VmArguments vm;
  std::vector<std::string> breakpoints, commands, ports;
  std::string data, core;
  bool batch = false, print = false, has_data = false;
};

// A guest that stands in a debugger is not late.
constexpr auto kPatience = std::chrono::hours(24 * 7);

bool is_project(const std::string& target) {
  std::error_code error;
  return target.empty() || fs::is_directory(target, error) || target.ends_with(".yaml") ||
         target.ends_with(".yml") || (target.ends_with(".json") && !target.ends_with(".vm.json"));
}

/// gdb in the foreground, in a thread that lives as long as it does. Ctrl-C is gdb's.
class Debugger {
 public:
  /// `on_end` is called in the debugger's thread.
  Debugger(std::vector<std::string> argv, std::function<void()> on_end)
      : thread_([this, argv = std::move(argv), on_end = std::move(on_end)] {
          auto child = Child::spawn({.argv = argv, .working_directory = {}, .environment = {}},
                                    {.in = Stream::Inherit, .out = Stream::Inherit, .err = Stream::Inherit});
          if (child) {
            pid_ = child->pid();
            status_ = child->wait();
          } else {
            error_ = std::move(child).error();
          }
          ended_ = true;
          on_end();
        }) {}
  ~Debugger() {
    if (thread_.joinable()) thread_.join();
  }
  bool ended() const { return ended_; }
  /// Asks gdb to end, which takes the guest with it.
  void stop() const {
    if (pid_ > 0 && !ended_) ::kill(pid_, SIGTERM);
  }
  Result<int> wait() {
    thread_.join();
    if (error_) return *error_;
    return status_.signal != 0 ? 128 + status_.signal : status_.code;
  }

 private:
  std::atomic<bool> ended_ = false;
  std::atomic<pid_t> pid_ = -1;
  std::optional<Error> error_;
  ExitStatus status_;
  std::thread thread_;
};

Result<int> hold(Session& session, Machine& machine, const std::string& script) {
  session.console().print(script);
  session.console().say("the function stands at its beginning, and will be at " + machine.url() +
                        "; Ctrl-C ends it");
  auto ready = machine.wait_ready();
  Result<GuestExit> ended = ready ? machine.wait() : Result<GuestExit>(std::move(ready).error());
  return ended ? 0 : 128 + interrupt_signal();
}

// What the function is asked while it is debugged.
void ask(Session& session, Machine& machine, const DebugArguments& arguments, const Debugger& debugger) {
  auto ready = machine.wait_ready();
  if (debugger.ended()) return;
  if (!ready) {
    if (ready.error().fault != Fault::Interrupted) session.report(ready.error());
    return;
  }
  if (!arguments.has_data) return;
  auto response = machine.request({.method = arguments.data.empty() ? "GET" : "POST", .body = arguments.data},
                                  {.timeout = kPatience});
  if (debugger.ended()) return;
  if (!response) {
    if (response.error().fault != Fault::Interrupted) session.report(response.error());
    return;
  }
  session.console().say("the function answered with status " + std::to_string(response->status) + ": " +
                        response->body);
}

std::vector<std::string> gdb_command(const DebugArguments& arguments, const fs::path& script) {
  std::vector<std::string> argv{"gdb", "-q"};
  if (arguments.batch) argv.emplace_back("-batch");
  argv.insert(argv.end(), {"-x", script.string()});
  return argv;
}

/// What the user said, after what faasc has found out.
void finish(const DebugArguments& arguments, GdbScript& script) {
  if (is_project(arguments.target.project.project)) {
    fs::path manifest = arguments.target.project.project.empty() ? "." : arguments.target.project.project;
    DebugSession::add_sources(fs::is_directory(manifest) ? manifest : manifest.parent_path(), script);
  }
  script.breakpoints = arguments.breakpoints;
  script.commands = arguments.commands;
}

/// gdb with what a guest has left.
Result<int> look_back(Session& session, const DebugArguments& arguments, DebugSession& debug) {
  FAASC_TRY(GdbScript script, debug.look_into(arguments.core));
  for (const std::string& note : debug.notes()) session.console().say(note);
  finish(arguments, script);
  std::string text = to_text(script);
  if (arguments.print) {
    session.console().print(text);
    return 0;
  }
  fs::path file = debug.directory() / "commands.gdb";
  FAASC_CHECK(write_file(file, text));
  std::vector<std::string> argv = gdb_command(arguments, file);
  session.console().say_verbose(to_shell(argv));
  ::signal(SIGINT, SIG_IGN);
  FAASC_TRY(Child gdb, Child::spawn({.argv = argv, .working_directory = {}, .environment = {}},
                                    {.in = Stream::Inherit, .out = Stream::Inherit, .err = Stream::Inherit}));
  ExitStatus status = gdb.wait();
  return status.signal != 0 ? 128 + status.signal : status.code;
}

Result<int> debug(Session& session, DebugArguments& arguments) {
  if (!arguments.print && !find_program("gdb"))
    return Error{Fault::Missing,
                 kNoGdb,
                 "gdb is not installed: there is no 'gdb' in PATH",
                 {},
                 "sudo apt install gdb; or give the commands that '--print' shows to another debugger"};
  if (arguments.vm.vmm != "qemu" && arguments.vm.vmm != "process")
    return Error{Fault::Usage,
                 kVmmCannot,
                 "faasc has no debugger for the guests of '--vmm " + arguments.vm.vmm + "'",
                 {},
                 "leave it out, for QEMU, whose gdb stub it uses"};
  // A core dump is of the function as it is built, not of one that was compiled for a debugger.
  arguments.target.debuggable = is_project(arguments.target.project.project) && arguments.core.empty();
  arguments.vm.fixed_addresses = arguments.vm.vmm != "process";
  FAASC_TRY(std::optional<VmSpec> spec, load_target(session, arguments.target));
  if (!spec) return session.status();
  FAASC_TRY(DebugSession debug, DebugSession::prepare(*spec));
  if (!arguments.core.empty()) return look_back(session, arguments, debug);
  FAASC_TRY(StartOptions options, prepare_guest(session, arguments.vm, *spec));
  FAASC_CHECK(forward_ports(arguments.ports, arguments.vm, *spec, options));
  options.init_timeout = kPatience;
  ConsolePrinter printer(STDERR_FILENO);
  options.on_console = [&](const ConsoleLine& line) { printer.print(line); };
  debug.add_to(options);
  FAASC_TRY(Machine machine, Machine::start(*spec, options));
  if (debug.takes_a_stub()) say_if_emulated(session, arguments.vm, machine);
  FAASC_TRY(GdbScript script, debug.find_symbols(machine));
  for (const std::string& note : debug.notes()) session.console().say(note);
  finish(arguments, script);
  std::string text = to_text(script);
  if (arguments.print) return hold(session, machine, text);

  fs::path file = debug.directory() / "commands.gdb";
  FAASC_CHECK(write_file(file, text));
  std::vector<std::string> argv = gdb_command(arguments, file);
  session.console().say_verbose(to_shell(argv));
  session.console().say(spec->name + " stands at its beginning; once it continues it is at " + machine.url());
  ::signal(SIGINT, SIG_IGN);
  Debugger debugger(std::move(argv), [pid = machine.pid()] { ::kill(pid, SIGKILL); });
  ask(session, machine, arguments, debugger);
  // Once the function has been asked there is nothing to do but to wait for gdb, or for a signal to us.
  while (!debugger.ended()) {
    pollfd caught{interrupt_fd(), POLLIN, 0};
    constexpr int kLookMs = 200;
    if (::poll(&caught, 1, kLookMs) > 0) {
      debugger.stop();
      break;
    }
  }
  FAASC_TRY(int status, debugger.wait());
  FAASC_CHECK(check_interrupt());
  return status;
}

}  // namespace

Action configure_debug(CLI::App& app) {
  auto arguments = std::make_shared<DebugArguments>();
  add_target_options(app, arguments->target, "a project, an image or a VM spec [.]");
  app.add_option("-b,--break", arguments->breakpoints,
                 "where to stop, as gdb takes it: hello.cc:7, or a function")
      ->type_name("PLACE")
      ->allow_extra_args(false);
  app.add_option("--ex", arguments->commands, "a command for gdb, after its own and the breakpoints")
      ->type_name("COMMAND")
      ->allow_extra_args(false);
  app.add_flag("--batch", arguments->batch, "end with the last of the commands");
  app.add_flag("--print", arguments->print, "print what gdb is to be told, and wait for a debugger");
  app.add_option("--core", arguments->core, "look into a core dump, instead of starting the function")
      ->type_name("FILE");
  auto* data = app.add_option("-d,--data", arguments->data,
                              "send a request with this body once it listens; '' for a GET")
                   ->type_name("TEXT");
  app.add_option("-p,--port", arguments->ports,
                 "the port of the host that leads to the function [any free one]")
      ->type_name("HOST:GUEST")
      ->allow_extra_args(false);
  add_vm_options(app, arguments->vm);
  return [arguments, data](Session& session) {
    arguments->has_data = data->count() > 0;
    return debug(session, *arguments);
  };
}

}  // namespace faasc
