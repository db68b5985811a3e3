#include "compiler/driver/detach.h"

#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <mutex>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <spawn.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/process_start.h"
#include "launcher/codes.h"
#include "launcher/detached/bounded_log.h"
#include "launcher/detached/machine_registry.h"

extern "C" char** environ;

namespace faasc {
namespace {

// "3 1234567890123": the descriptor, and nanoseconds of the clock that all processes share.
constexpr const char* kKeeperVariable = "FAASC_KEEPER";
constexpr int kKeeperDescriptor = 3;
constexpr char kReady = '!';

Error cannot_start(int error_number) {
  return io_error("start", "faasc once more", error_number);
}

/// The same command line in a session of its own, with nothing of ours open but the standard streams and
/// `word`.
Result<pid_t> spawn_keeper(const std::vector<std::string>& command_line, const Fd& word) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry; ++entry) environment.emplace_back(*entry);
  environment.push_back(std::string(kKeeperVariable) + "=" + std::to_string(kKeeperDescriptor) + " " +
                        std::to_string(std::chrono::nanoseconds(process_began().time_since_epoch()).count()));
  std::vector<char*> argv, envp;
  std::string program = "faasc";
  argv.push_back(program.data());
  for (const std::string& word_of_line : command_line)
    argv.push_back(const_cast<char*>(word_of_line.c_str()));
  argv.push_back(nullptr);
  for (std::string& assignment : environment) envp.push_back(assignment.data());
  envp.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, word.get(), kKeeperDescriptor);
  posix_spawn_file_actions_addclosefrom_np(&actions, kKeeperDescriptor + 1);
  // Whatever is ignored here, the keeper is to hear of.
  sigset_t heard, none;
  sigemptyset(&none);
  sigemptyset(&heard);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&heard, signal);
  posix_spawnattr_setsigdefault(&attributes, &heard);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  pid_t pid = -1;
  int error = ::posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return cannot_start(error);
  return pid;
}

void let_go_of_standard_streams() {
  Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (null) ::dup2(null.get(), stream);
  // No file system of the user's is kept busy.
  [[maybe_unused]] int changed = ::chdir("/");
}

}  // namespace

std::optional<Keeper> this_keeper(const Session& session) {
  std::optional<std::string> text = session.environment()(kKeeperVariable);
  if (!text) return std::nullopt;
  const char* end = text->data() + text->size();
  Keeper keeper;
  auto [after, error] = std::from_chars(text->data(), end, keeper.descriptor);
  if (error != std::errc() || keeper.descriptor != kKeeperDescriptor || after == end ||
      ::fcntl(keeper.descriptor, F_GETFD) < 0)
    return std::nullopt;
  std::int64_t began_ns = 0;
  if (std::from_chars(after + 1, end, began_ns).ec != std::errc()) return std::nullopt;
  keeper.began = std::chrono::steady_clock::time_point(std::chrono::nanoseconds(began_ns));
  return keeper;
}

Result<int> start_keeper(Session& session) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return cannot_start(errno);
  Fd ours(ends[0]), theirs(ends[1]);
  FAASC_TRY(pid_t keeper, spawn_keeper(session.command_line, theirs));
  theirs.reset();
  // From here on it is the keeper that tells.
  session.leave_telling();

  bool passed_on = false;
  for (;;) {
    pollfd fds[2] = {{ours.get(), POLLIN, 0}, {passed_on ? -1 : interrupt_fd(), POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0 && errno != EINTR) return io_error("wait for", "the machine's keeper", errno);
    if (fds[1].revents != 0) {
      // It is in another process group, where Ctrl-C does not reach it.
      ::kill(keeper, interrupt_signal());
      passed_on = true;
    }
    if (fds[0].revents == 0) continue;
    char word = 0;
    if (::read(ours.get(), &word, 1) == 1 && word == kReady) return 0;
    int status = 0;
    while (::waitpid(keeper, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return Error{
        Fault::Host,
        kKeeperDied,
        "the process that was to keep the machine was killed by signal " + std::to_string(WTERMSIG(status)),
        {},
        {}};
  }
}

Result<int> keep_machine(Session& session, int descriptor, const VmSpec& spec, StartOptions options,
                         const DetachedRun& run) {
  ::unsetenv(kKeeperVariable);
  Fd word(descriptor);
  ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  // Until it was told, whoever waits for the machine is to be waited for as well.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);

  FAASC_TRY(MachineRegistry registry, MachineRegistry::open(session.environment()));
  FAASC_TRY(MachineEntry entry, MachineEntry::create(registry));
  FAASC_TRY(BoundedLog log, BoundedLog::create(entry.directory()));
  std::mutex log_mutex;
  options.on_console = [&](const ConsoleLine& line) {
    std::string text(line.text);
    if (line.complete) text += '\n';
    std::lock_guard lock(log_mutex);
    log.append(text);
  };

  FAASC_TRY(Machine machine, Machine::start(spec, options));
  say_if_emulated(session, run.vm, machine);
  FAASC_CHECK(machine.wait_ready());

  DetachedMachine known{.id = entry.id(),
                        .name = run.name.empty() ? spec.name : run.name,
                        .keeper = ::getpid(),
                        .vmm = machine.pid(),
                        .url = machine.url(),
                        .machine = machine.summary(),
                        .image = image_of(spec).string(),
                        .started_s = ::time(nullptr),
                        .grace_period = spec.grace_period,
                        .end = {}};
  {
    std::lock_guard lock(log_mutex);
    FAASC_CHECK(entry.publish(registry, known));
    log.move_to(entry.directory());
  }
  if (run.json) {
    nlohmann::ordered_json line{
        {"address", known.url}, {"pid", known.vmm}, {"id", known.id}, {"name", known.name}};
    session.console().print(line.dump() + "\n");
  } else if (session.options().format == ReportFormat::Text) {
    session.console().print(known.url + "\n");
  }
  session.console().say(known.name + " (" + known.id + ") is at " + known.url + " (" + known.machine +
                        "); 'faasc stop " + known.name + "' stops it");
  if (run.vm.time) session.console().complain(to_text(machine.phases()));
  session.set_result("address", nlohmann::json(known.url).dump());
  session.set_result("id", nlohmann::json(known.id).dump());
  FAASC_CHECK(session.finish(true));
  session.leave_telling();
  let_go_of_standard_streams();
  ::prctl(PR_SET_PDEATHSIG, 0);
  // Where nobody waits any more, the machine is nobody's.
  bool wanted = ::send(word.get(), &kReady, 1, MSG_NOSIGNAL) == 1;
  word.reset();

  auto ended = wanted ? machine.wait() : Result<GuestExit>(machine.stop());
  GuestExit exit = ended ? *ended : machine.stop();
  known.end = DetachedMachine::End{.text = to_text(exit), .error = machine.error_of(exit)};
  FAASC_CHECK(entry.update(known));
  return 0;
}

}  // namespace faasc
