#include <deque>
#include <memory>

#include <sys/inotify.h>

#include <CLI/CLI.hpp>
#include <poll.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/detached_machines.h"
#include "compiler/driver/session.h"
#include "launcher/console_printer.h"
#include "launcher/detached/bounded_log.h"
#include "launcher/detached/stop_machine.h"

namespace faasc {
namespace {

struct LogsArguments {
  std::string name;
  bool follow = false;
  std::optional<unsigned> lines;
};

/// Lines on their way to the printer: while the log is read for the first time, only the last ones are kept.
class LastLines {
 public:
  LastLines(ConsolePrinter& printer, std::optional<unsigned> count, bool kernel)
      : printer_(printer), count_(count), kernel_(kernel) {}

  void take(const ConsoleLine& line) {
    if (line.source == ConsoleLine::Source::Kernel && !kernel_) return;
    if (!count_) return printer_.print(line);
    // A piece that goes on belongs to the line before.
    if (kept_.empty() || kept_.back().complete) kept_.push_back({"", false});
    kept_.back().text += line.text;
    kept_.back().complete = line.complete;
    if (kept_.size() > *count_) kept_.pop_front();
  }
  void print() {
    for (const Line& line : kept_) printer_.print({line.text, line.complete, ConsoleLine::Source::Program});
    kept_.clear();
    count_.reset();
  }

 private:
  struct Line {
    std::string text;
    bool complete;
  };
  ConsolePrinter& printer_;
  std::optional<unsigned> count_;
  bool kernel_;
  std::deque<Line> kept_;
};

Result<int> show_log(Session& session, const LogsArguments& arguments) {
  FAASC_TRY(MachineRegistry registry, MachineRegistry::open(session.environment()));
  FAASC_TRY(MachineRegistry::Listing listing, registry.list());
  say_lost(session, listing);
  FAASC_TRY(DetachedMachine machine, MachineRegistry::find(listing, arguments.name));
  std::filesystem::path directory = registry.directory_of(machine.id);
  Fd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (changes) ::inotify_add_watch(changes.get(), directory.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO);
  Fd keeper = arguments.follow ? keeper_ended(registry, machine) : Fd();

  ConsolePrinter printer(STDOUT_FILENO);
  LastLines lines(printer, arguments.lines, session.console().verbose());
  GuestConsole console([&](const ConsoleLine& line) { lines.take(line); });
  LogReader log(directory);
  auto take = [&](std::string_view bytes) { console.feed(bytes); };
  FAASC_CHECK(log.read(take));
  if (keeper) console.flush();
  lines.print();
  while (keeper) {
    pollfd fds[3] = {{changes.get(), POLLIN, 0}, {keeper.get(), POLLIN, 0}, {interrupt_fd(), POLLIN, 0}};
    ::poll(fds, 3, -1);
    FAASC_CHECK(check_interrupt());
    char events[4096];
    while (changes && ::read(changes.get(), events, sizeof events) > 0) {
    }
    FAASC_CHECK(log.read(take));
    console.flush();
    if (fds[1].revents != 0) keeper.reset();
  }
  console.flush();
  return 0;
}

}  // namespace

Action configure_logs(CLI::App& app) {
  auto arguments = std::make_shared<LogsArguments>();
  app.add_option("machine", arguments->name, "a machine that runs in the background, by name or id")
      ->type_name("NAME|ID")
      ->required();
  app.add_flag("-f,--follow", arguments->follow, "go on until the machine ends");
  app.add_option("-n,--lines", arguments->lines, "only the last lines of what is there")
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000).description(""));
  return [arguments](Session& session) { return show_log(session, *arguments); };
}

}  // namespace faasc
