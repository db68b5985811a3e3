#include "launcher/machine.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "launcher/codes.h"
#include "launcher/monitor.h"
#include "launcher/qemu_refusal.h"
#include "launcher/ready_line.h"
#include "launcher/time_stamp_counter.h"
#include "launcher/uefi_firmware.h"
#include "launcher/usernet.h"

namespace faasc {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kEmulationFactor = 10;  // how much more time a guest gets without KVM
constexpr auto kGreetTimeout = std::chrono::seconds(60);
constexpr auto kQuitTimeout = std::chrono::seconds(2);
// On top of the grace period, which the guest's own server allows itself: what the kernel needs around it.
constexpr auto kPowerOffTime = std::chrono::seconds(2);
constexpr std::size_t kErrorBytes = 64 * 1024;
constexpr std::size_t kTellingLines = 15;
constexpr std::size_t kDumpLines = 200;  // more than a kernel's dump of registers and stack has

/// How long an unfinished line waits for its end before it is shown as it is.
constexpr int kFlushAfterMs = 100;

/// As VmSpec names it; what faasc itself was compiled for.
constexpr std::string_view host_architecture() {
#if defined(__aarch64__)
  return "aarch64";
#else
  return "x86_64";
#endif
}

/// A connection that is being made, to learn whether anybody accepts it. Nothing is sent.
Fd begin_connecting(std::uint16_t port) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS)
    socket.reset();
  return socket;
}

bool closed_by_peer(const Fd& socket) {
  pollfd state{socket.get(), POLLIN | POLLRDHUP, 0};
  return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

}  // namespace

struct Machine::State {
  State(const VmSpec& the_spec, const StartOptions& the_options)
      : spec(the_spec),
        options(the_options),
        console([this](const ConsoleLine& line) { on_line(line); }, the_options.console_tail_bytes) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { end_by_force(); }

  // ---- starting
  Result<void> prepare();
  Result<void> decide();
  QemuOptions qemu_options();
  Result<void> launch();
  Result<void> learn_ports();

  // ---- the reader's thread
  void read_streams();
  void on_line(const ConsoleLine& line);
  void wake();

  // ---- the caller's thread
  Result<void> wait_ready();
  bool has_ended();
  const GuestExit& collect_exit();
  std::vector<std::string> last_words() const;
  Error error_of_end(std::string_view during);
  Error not_ready(milliseconds limit);
  void pause(int timeout_ms, int other_fd = -1);
  bool wait_for_end(Clock::duration timeout);
  void end_by_force();
  void note(const std::string& text) const {
    if (options.on_note) options.on_note(text);
  }
  std::chrono::nanoseconds elapsed() const { return Clock::now() - origin; }
  int patience() const { return plan.accelerator == Accelerator::Tcg ? kEmulationFactor : 1; }
  std::uint16_t function_port() const;

  VmSpec spec;
  StartOptions options;
  BootPlan plan;
  Clock::time_point origin = Clock::now();
  std::vector<PortForward> ports;

  std::optional<Child> child;
  std::optional<Monitor> monitor;
  std::optional<GuestExit> exit;
  bool asked_to_stop = false;
  bool forced = false;
  QemuOptions::Sandbox sandbox = QemuOptions::Sandbox::On;

  GuestConsole console;
  std::thread reader;
  Fd events{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};  // the reader has news
  std::atomic<bool> listening = false;
  mutable std::mutex mutex;  // guards what is below
  BootPhases phases;
  std::string vmm_errors;
};

// ----------------------------------------------------------------------------------------------------------------
// starting

Result<void> Machine::State::prepare() {
  if (spec.architecture != host_architecture()) {
    options.kvm = KvmVerdict{
        false,
        "the guest is for " + spec.architecture + ", and this host is " + std::string(host_architecture()),
        {}};
  } else if (options.boot.accelerator != AcceleratorChoice::Tcg && !options.kvm) {
    options.kvm = probe_kvm();
  }
  FAASC_CHECK(decide());

  if (options.qemu.empty()) options.qemu = qemu_program(spec);
  if (!find_program(options.qemu))
    return Error{Fault::Host,
                 kNoQemu,
                 "QEMU is not installed: there is no '" + options.qemu + "' in PATH",
                 {},
                 spec.architecture == "aarch64" ? "sudo apt install qemu-system-arm"
                                                : "sudo apt install qemu-system-x86"};
  for (const VmSpec::Disk& disk : spec.disks)
    if (::access(disk.path.c_str(), R_OK) != 0) return io_error("open", disk.path, errno);
  return {};
}

Result<void> Machine::State::decide() {
  BootFacts facts;
  facts.kernel_is_there = spec.direct_boot && ::access(spec.direct_boot->kernel.c_str(), R_OK) == 0;
  facts.memory_bytes = options.memory_bytes.value_or(spec.memory_bytes);
  facts.kvm = options.kvm.value_or(KvmVerdict{});
  if (!spec.disks.empty() && spec.disks.front().uefi_bootable)
    facts.uefi_firmware = find_uefi_firmware(spec.architecture);
  FAASC_TRY(plan, plan_boot(spec, options.boot, facts));
  for (const std::string& reason : plan.reasons) note(reason);
  return {};
}

QemuOptions Machine::State::qemu_options() {
  QemuOptions qemu;
  qemu.program = options.qemu;
  qemu.machine = plan.machine;
  qemu.accelerator = plan.accelerator;
  qemu.boot = plan.boot;
  qemu.uefi_firmware = plan.uefi_firmware;
  qemu.memory_bytes = options.memory_bytes;
  qemu.vcpus = options.vcpus;
  qemu.disk_writes = options.disk_writes;
  qemu.sandbox = sandbox;
  if (!spec.nics.empty()) {
    qemu.ports = options.ports;
    bool reaches_function = std::any_of(qemu.ports.begin(), qemu.ports.end(), [&](const PortForward& port) {
      return port.guest == spec.http_port;
    });
    if (!reaches_function) qemu.ports.push_back({0, spec.http_port});
  }
  if (spec.kernel_family == "linux" && qemu.machine == MachineType::Microvm &&
      qemu.accelerator == Accelerator::Tcg)
    qemu.tsc_khz = measure_tsc_khz();
  return qemu;
}

Result<void> Machine::State::launch() {
  end_by_force();  // of an attempt before
  QemuOptions qemu = qemu_options();
  ports = qemu.ports;
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return io_error("create", "socket pair", errno);
  Fd ours(ends[0]), theirs(ends[1]);
  qemu.qmp_fd = theirs.get();
  std::vector<std::string> argv = qemu_command(spec, qemu);
  argv.insert(argv.end(), options.qemu_arguments.begin(), options.qemu_arguments.end());
  note(to_shell(argv));

  auto spawned = Child::spawn({.argv = argv, .working_directory = {}, .environment = {}},
                              {.in = Stream::Null,
                               .out = Stream::Pipe,
                               .err = Stream::Pipe,
                               .own_process_group = true,
                               .inherited_fd = theirs.get()});
  if (!spawned) return std::move(spawned).error();
  child.emplace(std::move(*spawned));
  theirs.reset();
  phases = {};
  phases.spawned = elapsed();
  vmm_errors.clear();
  exit.reset();

  // The reader takes no signals: they are for the thread that waits.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  reader = std::thread([this] { read_streams(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);

  monitor.emplace(std::move(ours));
  auto greeted = monitor->greet(kGreetTimeout);
  if (!greeted) {
    // It has most likely ended, and its errors say more than the closed connection does.
    if (!wait_for_end(std::chrono::seconds(1))) {
      end_by_force();
      return std::move(greeted).error();
    }
    ExitStatus status = child->wait();
    end_by_force();
    std::lock_guard lock(mutex);
    return explain_refusal(vmm_errors, status, spec.http_port);
  }
  {
    std::lock_guard lock(mutex);
    phases.vmm_ready = elapsed();
  }
  return learn_ports();
}

Result<void> Machine::State::learn_ports() {
  if (std::none_of(ports.begin(), ports.end(), [](const PortForward& port) { return port.host == 0; }))
    return {};
  auto usernet = monitor->ask("info usernet");
  if (!usernet) return has_ended() ? error_of_end("starting the guest") : std::move(usernet).error();
  for (PortForward& port : ports) {
    if (port.host != 0) continue;
    auto host = forwarded_port(*usernet, port.guest);
    if (!host)
      return Error{Fault::Host,
                   kMonitorFailed,
                   "QEMU does not tell which port leads to port " + std::to_string(port.guest),
                   {},
                   {}};
    port.host = *host;
  }
  return {};
}

Result<Machine> Machine::start(const VmSpec& spec, const StartOptions& options) {
  auto state = std::make_unique<State>(spec, options);
  FAASC_CHECK(state->prepare());
  auto launched = state->launch();
  if (!launched && lacks_sandbox(state->vmm_errors)) {
    state->note("this QEMU has no sandbox; starting it without");
    state->sandbox = QemuOptions::Sandbox::Off;
    launched = state->launch();
  }
  // The probe has seen a virtual CPU run; QEMU may still want something of KVM that is not there.
  if (!launched && state->plan.accelerator == Accelerator::Kvm &&
      options.boot.accelerator == AcceleratorChoice::Auto && launched.error().code != kPortInUse) {
    state->options.kvm = KvmVerdict{false, launched.error().what, {}};
    FAASC_CHECK(state->decide());
    launched = state->launch();
  }
  if (!launched) return std::move(launched).error();
  return Machine(std::move(state));
}

// ------------------------------------------------------------------------------------------------------ the
// reader's thread

void Machine::State::wake() {
  std::uint64_t one = 1;
  [[maybe_unused]] ssize_t written = ::write(events.get(), &one, sizeof one);
}

void Machine::State::on_line(const ConsoleLine& line) {
  if (line.source == ConsoleLine::Source::Kernel) {
    std::lock_guard lock(mutex);
    if (!phases.first_kernel) phases.first_kernel = elapsed();
  } else if (line.complete && !listening && says_listening(line.text)) {
    {
      std::lock_guard lock(mutex);
      phases.listening = elapsed();
    }
    listening = true;
    wake();
  }
  if (options.on_console) options.on_console(line);
}

void Machine::State::read_streams() {
  char buffer[64 * 1024];
  pollfd streams[2] = {{child->out.get(), POLLIN, 0}, {child->err.get(), POLLIN, 0}};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    int ready = ::poll(streams, 2, console.has_unfinished_line() ? kFlushAfterMs : -1);
    if (ready < 0 && errno != EINTR) break;
    if (ready == 0) console.flush();
    if (ready <= 0) continue;
    for (int i = 0; i < 2; ++i) {
      if (streams[i].revents == 0) continue;
      ssize_t count = ::read(streams[i].fd, buffer, sizeof buffer);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        streams[i].fd = -1;
        continue;
      }
      std::string_view bytes(buffer, static_cast<std::size_t>(count));
      if (i == 1) {
        std::lock_guard lock(mutex);
        vmm_errors.append(bytes.substr(0, kErrorBytes - std::min(kErrorBytes, vmm_errors.size())));
        continue;
      }
      {
        std::lock_guard lock(mutex);
        if (!phases.first_console) phases.first_console = elapsed();
      }
      console.feed(bytes);
    }
  }
  console.flush();
  wake();
}

// ------------------------------------------------------------------------------------------------------ the
// caller's thread

bool Machine::State::has_ended() {
  if (exit) return true;
  if (!child->try_wait()) return false;
  collect_exit();
  return true;
}

const GuestExit& Machine::State::collect_exit() {
  if (exit) return *exit;
  ExitEvidence evidence;
  evidence.qemu = child->wait();
  if (reader.joinable()) reader.join();
  monitor->drain();
  evidence.has_exit_port = spec.exit_port.has_value();
  evidence.has_semihosting_exit = spec.semihosting_exit;
  evidence.shutdown_reason = monitor->shutdown_reason();
  evidence.console_tail = console.tail();
  evidence.asked_to_stop = asked_to_stop;
  evidence.forced = forced;
  std::lock_guard lock(mutex);
  evidence.vmm_errors = vmm_errors;
  exit = decode_exit(evidence);
  return *exit;
}

std::vector<std::string> Machine::State::last_words() const {
  return with_places(telling_lines(console.last_lines(kDumpLines), kTellingLines), options.crash_places);
}

Error Machine::State::error_of_end(std::string_view during) {
  const GuestExit& how = collect_exit();
  auto lines = last_words();
  auto error = faasc::error_of(how, lines);
  if (!error) error = Error{Fault::Guest, kGuestEndedEarly, "the guest " + to_text(how), {}, {}, lines};
  error->during.emplace_back(during);
  return *error;
}

Error Machine::State::not_ready(milliseconds limit) {
  std::string what = "the guest did not get ready within " + std::to_string(limit.count()) + " ms";
  if (console.position() == 0) what += ", and printed nothing";
  std::string hint = listening ? "it says that it listens, but its port " + std::to_string(spec.http_port) +
                                     " accepts no connection"
                               : "the function has to listen on port " + std::to_string(spec.http_port) +
                                     "; allow it more time with limits.init_timeout";
  return Error{Fault::Guest, kGuestNotReady, what, {}, hint, last_words()};
}

void Machine::State::pause(int timeout_ms, int other_fd) {
  pollfd fds[4] = {{child->ended().get(), POLLIN, 0},
                   {events.get(), POLLIN, 0},
                   {interrupt_fd(), POLLIN, 0},
                   {other_fd, POLLIN, 0}};
  ::poll(fds, 4, timeout_ms);
  std::uint64_t count;
  [[maybe_unused]] ssize_t got = ::read(events.get(), &count, sizeof count);
}

bool Machine::State::wait_for_end(Clock::duration timeout) {
  auto deadline = Clock::now() + timeout;
  for (;;) {
    auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    pollfd ended{child->ended().get(), POLLIN, 0};
    int ready = ::poll(&ended, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready > 0) return true;
    if (ready == 0) return false;
  }
}

void Machine::State::end_by_force() {
  if (child && !child->try_wait()) {
    child->signal(SIGKILL);
    child->wait();
  }
  if (reader.joinable()) reader.join();
}

std::uint16_t Machine::State::function_port() const {
  for (const PortForward& port : ports)
    if (port.guest == spec.http_port) return port.host;
  return 0;
}

Result<void> Machine::State::wait_ready() {
  constexpr auto kAttempt =
      milliseconds(100);  // a packet the guest was not ready for is not repeated for seconds
  constexpr auto kHealthTimeout = std::chrono::seconds(5);
  constexpr int kFastMs = 2, kSlowMs = 20;

  milliseconds limit = options.init_timeout.value_or(spec.init_timeout * patience());
  auto deadline = origin + limit;
  std::uint16_t port = function_port();
  Fd connection;
  Clock::time_point connecting_since{};
  bool listened = false;

  for (;;) {
    FAASC_CHECK(check_interrupt());
    if (has_ended()) return error_of_end("waiting for the guest to get ready");
    if (Clock::now() >= deadline) return not_ready(limit);
    if (listening && !listened) {
      listened = true;
      connection.reset();
    }
    bool accepted = false;
    if (port != 0) {
      if (connection && (closed_by_peer(connection) || Clock::now() - connecting_since > kAttempt)) {
        connection.reset();
        pause(kFastMs);
      }
      if (!connection) {
        connection = begin_connecting(port);
        connecting_since = Clock::now();
      }
      auto usernet = monitor->ask("info usernet");
      if (!usernet) {
        if (wait_for_end(std::chrono::seconds(1))) continue;
        return std::move(usernet).error();
      }
      accepted = guest_accepted(*usernet, spec.http_port);
      if (accepted && !listened && !spec.ready_path.empty()) {
        connection.reset();
        auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
        HttpLimits limits{.timeout = std::clamp<milliseconds>(left, milliseconds(1), kHealthTimeout)};
        auto health =
            send_http(port, {.method = "GET", .target = spec.ready_path, .headers = {}, .body = {}}, limits);
        accepted = health && health->status == 200;
        if (!accepted) pause(kSlowMs);
      }
    }
    if (port == 0 ? listened : accepted) {
      std::lock_guard lock(mutex);
      phases.ready = elapsed();
      return {};
    }
    pause(listened && port != 0 ? kFastMs : kSlowMs);
  }
}

// -----------------------------------------------------------------------------------------------------------------
// Machine

Machine::Machine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;
Machine::~Machine() = default;

Result<void> Machine::wait_ready() {
  return state_->wait_ready();
}

Result<HttpResponse> Machine::request(const HttpRequest& request) {
  return this->request(request, {.timeout = state_->spec.request_timeout * state_->patience()});
}

Result<HttpResponse> Machine::request(const HttpRequest& request, const HttpLimits& limits) {
  // A guest that crashes while it answers closes the connection first, and prints its registers then.
  constexpr auto kTimeToCrash = std::chrono::milliseconds(500);
  std::string during = "asking for " + request.method + " " + request.target;
  if (state_->has_ended()) return state_->error_of_end(during);
  auto start = state_->elapsed();
  auto response = send_http(state_->function_port(), request, limits);
  if (!response) {
    if (response.error().fault == Fault::Interrupted) return response;
    if (state_->wait_for_end(kTimeToCrash)) return state_->error_of_end(during);
    response.error().excerpt = state_->last_words();
    return response;
  }
  std::lock_guard lock(state_->mutex);
  if (!state_->phases.first_response) state_->phases.first_response = start + response->time_to_head;
  return response;
}

Result<GuestExit> Machine::wait() {
  while (!state_->has_ended()) {
    FAASC_CHECK(check_interrupt());
    state_->pause(-1);
  }
  return *state_->exit;
}

std::optional<GuestExit> Machine::ended() {
  state_->has_ended();
  return state_->exit;
}

GuestExit Machine::stop() {
  State& state = *state_;
  if (state.has_ended()) return *state.exit;
  state.asked_to_stop = true;
  // A monitor that fails here is one whose QEMU has just ended; the waiting tells.
  (void)state.monitor->execute("system_powerdown");
  if (!state.wait_for_end(state.spec.grace_period + kPowerOffTime)) {
    state.forced = true;
    (void)state.monitor->execute("quit");
    if (!state.wait_for_end(kQuitTimeout)) state.child->signal(SIGKILL);
  }
  return state.collect_exit();
}

std::optional<Error> Machine::error_of(const GuestExit& exit) const {
  return faasc::error_of(exit, state_->last_words());
}

std::uint16_t Machine::host_port(std::uint16_t guest_port) const {
  for (const PortForward& port : state_->ports)
    if (port.guest == guest_port) return port.host;
  return 0;
}

std::string Machine::url() const {
  return "http://127.0.0.1:" + std::to_string(state_->function_port());
}
pid_t Machine::pid() const {
  return state_->child->pid();
}
const BootPlan& Machine::plan() const {
  return state_->plan;
}
const GuestConsole& Machine::console() const {
  return state_->console;
}

BootPhases Machine::phases() const {
  std::lock_guard lock(state_->mutex);
  return state_->phases;
}

}  // namespace faasc
