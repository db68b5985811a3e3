#include "compiler/driver/dev/dev_loop.h"

#include <csignal>
#include <thread>

#include <sys/eventfd.h>

#include <unistd.h>

#include "base/interrupt.h"
#include "compiler/driver/dev/watched_directories.h"
#include "compiler/driver/guest_changes.h"
#include "launcher/console_printer.h"

namespace faasc {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds since(steady_clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
}

std::string seconds(milliseconds time) {
  std::string hundredths = std::to_string(time.count() % 1000 / 10);
  return std::to_string(time.count() / 1000) + "." + (hundredths.size() == 1 ? "0" : "") + hundredths + " s";
}

// " (0.12 s more)", or nothing where it is the same.
std::string compared(milliseconds now, milliseconds before) {
  milliseconds difference = now > before ? now - before : before - now;
  if (difference < milliseconds(10)) return {};
  return " (" + seconds(difference) + (now > before ? " more)" : " less)");
}

std::string compared_bytes(std::uint64_t now, std::uint64_t before) {
  std::uint64_t difference = now > before ? now - before : before - now;
  if (difference == 0) return {};
  std::string text = difference < 1024 ? std::to_string(difference) + " bytes"
                                       : std::to_string((difference + 1023) / 1024) + " KiB";
  return " (" + text + (now > before ? " more)" : " less)");
}

}  // namespace

Result<void> DevLoop::watch() {
  FAASC_TRY(WatchedDirectories watched, watched_directories(manifest_, arguments_.target.output));
  return watch_->watch(watched.directories, watched.ignored);
}

Result<std::optional<BuiltFunction>> DevLoop::build() {
  TargetArguments target = arguments_.target;
  target.digest = true;
  auto built = build_target(session_, target);
  if (built) return built;
  if (built.error().fault == Fault::Interrupted) return std::move(built).error();
  // What is wrong now may be mended by the next change.
  session_.report(built.error());
  return std::optional<BuiltFunction>();
}

// Nothing where the machine did not get ready, which was reported, or where a change came before it did.
Result<std::optional<Machine>> DevLoop::start(const VmSpec& from) {
  VmSpec spec = from;
  FAASC_TRY(StartOptions options, prepare_guest(session_, arguments_.vm, spec));
  options.ports.push_back({.host = 0, .guest = guest_port_.value_or(spec.http_port)});
  auto printer = std::make_shared<ConsolePrinter>(STDOUT_FILENO);
  options.on_console = [this, printer](const ConsoleLine& line) {
    if (line.source == ConsoleLine::Source::Program || session_.console().verbose()) printer->print(line);
  };
  FAASC_TRY(Machine machine, Machine::start(spec, options));
  if (!last_) say_if_emulated(session_, arguments_.vm, machine);

  // A machine that may never get ready is not waited for once there is something newer.
  Fd ready(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  bool superseded = false;
  std::thread impatient([&] {
    if (watch_->wait(ready, std::chrono::hours(24)) != FileWatch::Seen::Change) return;
    superseded = true;
    ::kill(machine.pid(), SIGKILL);
  });
  auto waited = machine.wait_ready();
  std::uint64_t one = 1;
  [[maybe_unused]] ssize_t written = ::write(ready.get(), &one, sizeof one);
  impatient.join();
  if (waited && !superseded) return std::optional<Machine>(std::move(machine));
  if (!waited && waited.error().fault == Fault::Interrupted) {
    (void)machine.stop();
    return std::move(waited).error();
  }
  if (!superseded) session_.report(waited.error());
  return std::optional<Machine>();
}

Result<void> DevLoop::replace(const BuiltFunction& built, milliseconds took) {
  FAASC_TRY(VmSpec spec, load_spec(session_, built.spec));
  if (!port_) {
    FAASC_TRY(PortForward wanted,
              parse_port(arguments_.port.empty() ? std::to_string(spec.http_port) : arguments_.port,
                         spec.http_port));
    if (arguments_.port.find(':') != std::string::npos) guest_port_ = wanted.guest;
    FAASC_TRY(port_, FrontPort::open(wanted.host, wanted.guest));
  }
  name_ = spec.name;
  auto began = steady_clock::now();
  auto started = start(spec);
  if (!started) {
    if (started.error().fault == Fault::Interrupted) return std::move(started).error();
    // Without a first machine there is nothing to fall back on, and no change of the source would help.
    if (!last_) return std::move(started).error();
    session_.report(started.error());
  }
  if (!started || !*started) {
    bool superseded = watch_->wait(Fd(), milliseconds(0)) == FileWatch::Seen::Change;
    if (machine_ && !superseded) session_.console().say(name_ + ": the machine before goes on serving");
    return {};
  }
  Round round{.built = took, .ready = since(began), .bytes = built.allocated_bytes, .sha256 = built.sha256};
  port_->lead_to((*started)->host_port(guest_port_.value_or(spec.http_port)));
  std::optional<Machine> before = std::move(machine_);
  machine_.reset();
  machine_.emplace(std::move(**started));
  tell(round, "http://127.0.0.1:" + std::to_string(port_->port()));
  last_ = round;
  if (before) {
    constexpr auto kLastRequests = milliseconds(2000);
    port_->wait_for_earlier(kLastRequests);
    (void)before->stop();
  }
  return {};
}

void DevLoop::tell(const Round& round, const std::string& address) {
  Round before = last_.value_or(round);
  std::string line = name_ + (last_ ? " is new at " : " is at ") + address + ": built in " +
                     seconds(round.built) + compared(round.built, before.built) + ", ready in " +
                     seconds(round.ready) + compared(round.ready, before.ready) + ", " +
                     std::to_string((round.bytes + 1023) / 1024) + " KiB" +
                     compared_bytes(round.bytes, before.bytes);
  if (!last_)
    line += " (" + machine_->summary() + "); watching " + std::to_string(watch_->size()) +
            (watch_->size() == 1 ? " directory" : " directories") + ", Ctrl-C stops it";
  session_.console().say(line);
}

// A guest that ended by itself is told of once; requests wait until the next one serves.
void DevLoop::notice_end() {
  if (!machine_) return;
  auto exit = machine_->ended();
  if (!exit) return;
  port_->lead_to(0);
  session_.report(machine_->error_of_end());
  session_.console().say(name_ + ": requests wait for the next change");
  machine_.reset();
}

int DevLoop::stop() {
  if (machine_) {
    GuestExit exit = machine_->stop();
    if (auto failure = machine_->error_of(exit)) session_.report(*failure);
    session_.console().say(name_ + " " + to_text(exit));
  }
  return 128 + interrupt_signal();
}

Result<int> DevLoop::run() {
  FAASC_TRY(manifest_, find_manifest(arguments_.target.project));
  FAASC_TRY(watch_, FileWatch::begin());
  for (;;) {
    // Before the build looks at them, so that nothing that changes meanwhile is missed.
    FAASC_CHECK(watch());
    auto began = steady_clock::now();
    auto built = build();
    if (!built) {
      if (built.error().fault == Fault::Interrupted) return stop();
      return std::move(built).error();
    }
    milliseconds took = since(began);
    FAASC_CHECK(watch());
    if (!*built) {
      session_.console().say(machine_ ? name_ + ": not built; the machine before goes on serving"
                                      : "not built; waiting for a change");
    } else if (!machine_ || (!(*built)->up_to_date && (*built)->sha256 != last_->sha256)) {
      if (auto replaced = replace(**built, took); !replaced) {
        if (replaced.error().fault == Fault::Interrupted) return stop();
        return std::move(replaced).error();
      }
    }
    FileWatch::Seen seen;
    while ((seen = watch_->wait(Fd(), milliseconds(200))) == FileWatch::Seen::Time) notice_end();
    if (seen == FileWatch::Seen::Interrupt) return stop();
    watch_->take_changes();
  }
}

}  // namespace faasc
