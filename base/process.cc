#include "base/process.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/codes.h"
#include "base/interrupt.h"
#include "base/process_observer.h"

extern "C" char** environ;

namespace faasc {
namespace fs = std::filesystem;

std::string to_shell(const std::vector<std::string>& argv) {
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%";
  std::string out;
  for (const std::string& word : argv) {
    if (!out.empty()) out += ' ';
    if (!word.empty() && word.find_first_not_of(kSafe) == std::string::npos) {
      out += word;
      continue;
    }
    out += '\'';
    for (char c : word) c == '\'' ? out += "'\\''" : out += c;
    out += '\'';
  }
  return out;
}

std::optional<fs::path> find_program(std::string_view name) {
  auto executable = [](const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string_view::npos) {
    if (executable(name)) return fs::path(name);
    return std::nullopt;
  }
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "/usr/local/bin:/usr/bin:/bin";
  while (!rest.empty()) {
    std::size_t end = rest.find(':');
    std::string_view directory = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    fs::path candidate = fs::path(directory.empty() ? "." : directory) / name;
    if (executable(candidate)) return candidate;
  }
  return std::nullopt;
}

namespace {

Error cannot_start(const std::string& program, std::string_view why) {
  return Error{
      Fault::Missing, kCannotStartProgram, "cannot start '" + program + "': " + std::string(why), {}, {}};
}

// What a child's standard stream is connected to, and our end of it.
struct Plumbing {
  Fd child, ours;
};

Result<Plumbing> lay_pipe(Stream stream, int target) {
  Plumbing plumbing;
  if (stream == Stream::Null) {
    plumbing.child.reset(::open("/dev/null", O_RDWR | O_CLOEXEC));
  } else if (stream == Stream::Pipe) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return io_error("create", "pipe", errno);
    plumbing.child.reset(ends[target == STDIN_FILENO ? 0 : 1]);
    plumbing.ours.reset(ends[target == STDIN_FILENO ? 1 : 0]);
  }
  return plumbing;
}

ExitStatus decode(int status) {
  if (WIFSIGNALED(status)) return {.code = 0, .signal = WTERMSIG(status)};
  return {.code = WEXITSTATUS(status), .signal = 0};
}

}  // namespace

Result<Child> Child::spawn(const Command& command, const SpawnOptions& options) {
  auto program = find_program(command.argv.at(0));
  if (!program) {
    Error error = cannot_start(command.argv[0], "no such program in PATH");
    error.hint = "install it, or put it into PATH";
    return error;
  }

  Stream streams[3] = {options.in, options.out, options.err};
  Plumbing plumbing[3];
  for (int target = 0; target < 3; ++target) {
    FAASC_TRY(plumbing[target], lay_pipe(streams[target], target));
  }
  int failure[2];  // carries errno out of a child that could not exec
  if (::pipe2(failure, O_CLOEXEC) != 0) return io_error("create", "pipe", errno);
  Fd failure_in(failure[0]), failure_out(failure[1]);

  // Everything that allocates happens before fork(): another thread may hold malloc's lock.
  std::vector<char*> argv;
  for (const std::string& word : command.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::vector<std::string> assignments;
  for (char** entry = environ; *entry; ++entry) {
    std::string_view text = *entry;
    if (!command.environment.contains(std::string(text.substr(0, text.find('=')))))
      assignments.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) assignments.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (const std::string& assignment : assignments)
    environment.push_back(const_cast<char*>(assignment.c_str()));
  environment.push_back(nullptr);

  pid_t parent = ::getpid();
  pid_t pid = ::fork();
  if (pid < 0) return cannot_start(command.argv[0], std::strerror(errno));
  if (pid == 0) {
    auto fail = [&] {
      int error = errno;
      [[maybe_unused]] ssize_t written = ::write(failure_out.get(), &error, sizeof error);
      _exit(127);
    };
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) _exit(127);
    if (options.own_process_group) ::setpgid(0, 0);
    // SIGXFSZ stays ignored: a compiler that is told of a full disk says so, one that is killed does not.
    for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (int target = 0; target < 3; ++target)
      if (plumbing[target].child && ::dup2(plumbing[target].child.get(), target) < 0) fail();
    for (int inherited : options.inherited_fds)
      if (::fcntl(inherited, F_SETFD, 0) != 0) fail();
    if (!command.working_directory.empty() && ::chdir(command.working_directory.c_str()) != 0) fail();
    ::execve(program->c_str(), argv.data(), environment.data());
    fail();
  }
  failure_out.reset();
  int error = 0;
  ssize_t count;
  do count = ::read(failure_in.get(), &error, sizeof error);
  while (count < 0 && errno == EINTR);
  if (count > 0) {
    ::waitpid(pid, nullptr, 0);
    return cannot_start(program->string(), std::strerror(error));
  }
  Child child;
  child.pid_ = pid;
  child.pidfd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  child.in = std::move(plumbing[0].ours);
  child.out = std::move(plumbing[1].ours);
  child.err = std::move(plumbing[2].ours);
  return child;
}

Child::~Child() {
  if (pid_ <= 0 || status_) return;
  signal(SIGKILL);
  wait();
}

void Child::signal(int signal_number) {
  if (!status_) ::kill(pid_, signal_number);
}

ExitStatus Child::wait() {
  if (!status_) {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    status_ = decode(status);
  }
  return *status_;
}

std::optional<ExitStatus> Child::try_wait() {
  int status = 0;
  if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = decode(status);
  return status_;
}

namespace {

ProcessObserver* g_observer = nullptr;
thread_local std::string t_shown;

// Tells the observer, however the run ends.
class Observation {
 public:
  explicit Observation(const Command& command) {
    if (!g_observer) return;
    program_.command = t_shown.empty() ? to_shell(command.argv) : t_shown;
    program_.status = {.code = 0, .signal = SIGKILL};
    g_observer->started(program_.command);
    program_.begin = std::chrono::steady_clock::now();
  }
  Observation(const Observation&) = delete;
  Observation& operator=(const Observation&) = delete;
  ~Observation() {
    if (!g_observer) return;
    program_.end = std::chrono::steady_clock::now();
    g_observer->ended(program_);
  }
  void ended(ExitStatus status) { program_.status = status; }

 private:
  RanProgram program_;
};

}  // namespace

void observe_processes(ProcessObserver* observer) {
  g_observer = observer;
}
ProcessObserver* process_observer() {
  return g_observer;
}

ShownAs::ShownAs(std::string text) {
  t_shown = std::move(text);
}
ShownAs::~ShownAs() {
  t_shown.clear();
}

Result<Finished> run(const Command& command, const RunOptions& options) {
  Observation observation(command);
  FAASC_TRY(Child child, Child::spawn(command, {.in = options.input.empty() ? Stream::Null : Stream::Pipe,
                                                .out = options.out,
                                                .err = options.err,
                                                .own_process_group = false}));
  Finished finished;
  std::string_view input = options.input;
  auto deadline = std::chrono::steady_clock::now() + options.timeout;
  if (child.in) ::fcntl(child.in.get(), F_SETFL, O_NONBLOCK);

  auto drain = [&](Fd& fd, std::string& into) {
    char buffer[64 * 1024];
    ssize_t count = ::read(fd.get(), buffer, sizeof buffer);
    if (count > 0) {
      auto room = options.output_limit - std::min(options.output_limit, into.size());
      into.append(buffer, std::min(room, static_cast<std::size_t>(count)));
    } else if (count == 0 || errno != EINTR) {
      fd.reset();
    }
  };

  bool ended = false;
  while (child.out || child.err || !ended) {
    int wait_ms = -1;
    if (options.timeout.count() > 0) {
      auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
      if (left <= 0)
        return Error{Fault::Timeout,
                     kProgramTimedOut,
                     "'" + command.argv[0] + "' did not finish within " +
                         std::to_string(options.timeout.count()) + " ms",
                     {},
                     {}};
      wait_ms = static_cast<int>(std::min<std::int64_t>(left, 1'000'000));
    }
    pollfd fds[5] = {{child.in.get(), POLLOUT, 0},
                     {child.out.get(), POLLIN, 0},
                     {child.err.get(), POLLIN, 0},
                     {ended ? -1 : child.ended().get(), POLLIN, 0},
                     {interrupt_fd(), POLLIN, 0}};
    if (::poll(fds, 5, wait_ms) < 0 && errno != EINTR) return io_error("wait for", command.argv[0], errno);
    FAASC_CHECK(check_interrupt());
    if (fds[0].revents) {
      ssize_t count = ::write(child.in.get(), input.data(), input.size());
      if (count > 0) input.remove_prefix(static_cast<std::size_t>(count));
      // A program that does not want all of its input is free to close it.
      if (input.empty() || (count < 0 && errno != EAGAIN && errno != EINTR)) child.in.reset();
    }
    if (fds[1].revents) drain(child.out, finished.out);
    if (fds[2].revents) drain(child.err, finished.err);
    if (fds[3].revents) ended = true;
  }
  finished.status = child.wait();
  observation.ended(finished.status);
  return finished;
}

}  // namespace faasc
