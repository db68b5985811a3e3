#include "launcher/process/sandboxed_process.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

#include <arpa/inet.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <poll.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "launcher/codes.h"
#include "launcher/process/call_filter.h"
#include "launcher/terminal_text.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr const char* kInSandbox = "/.faasc-sandbox";  // where the sandbox's own program is, until it runs
constexpr const char* kDhcpAddress = "10.0.2.15";      // which a guest gets from QEMU's network

// As a guest has them: Nanos says so in getrlimit(2), our init for Linux sets them.
constexpr std::uint64_t kNanosFiles = 65'536, kLinuxFiles = 1024, kMostLinuxFiles = 524'288;
constexpr std::uint64_t kNanosStackBytes = std::uint64_t{2} << 20;

Result<Fd> in_memory(const std::string& bytes) {
  Fd file(::memfd_create("faasc-order", MFD_CLOEXEC));
  if (!file) return io_error("create", "memory for an order", errno);
  FAASC_CHECK(write_all(file, bytes, "memory for an order"));
  return file;
}

std::uint32_t address_of(const VmSpec& spec) {
  std::string text = kDhcpAddress;
  if (!spec.nics.empty() && spec.nics.front().address != "dhcp")
    text = spec.nics.front().address.substr(0, spec.nics.front().address.find('/'));
  in_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ? address.s_addr : htonl(INADDR_LOOPBACK);
}

Result<StartOrder> order_of(const VmSpec& spec, const GuestProgram& program, const SandboxOptions& options) {
  bool nanos = spec.kernel_family == "nanos";
  StartOrder order{.directory = program.working_directory,
                   .executable = program.executable,
                   .arguments = program.arguments,
                   .environment = program.environment,
                   .writable = program.root_is_writable,
                   .room_bytes = program.room_bytes,
                   .memory_bytes = options.memory_bytes,
                   .processors = options.vcpus,
                   .address = address_of(spec),
                   .ports = options.guest_ports,
                   .await_debugger = options.await_debugger};
  if (nanos) {
    order.stack_bytes = kNanosStackBytes;
    order.open_files = order.most_open_files = kNanosFiles;
    FAASC_TRY(order.call_filter, nanos_call_filter());
  } else {
    order.temporary = {"/tmp", "/run"};
    order.shared_memory = true;
    order.open_files = kLinuxFiles;
    order.most_open_files = kMostLinuxFiles;
  }
  return order;
}

// The pid that a pidfd is for, as this process sees it; -1 where it has ended.
pid_t pid_of(const Fd& pidfd) {
  auto info = read_file("/proc/self/fdinfo/" + std::to_string(pidfd.get()));
  if (!info) return -1;
  constexpr std::string_view kField = "\nPid:";
  std::size_t at = info->find(kField);
  if (at == std::string::npos) return -1;
  at = info->find_first_not_of(" \t", at + kField.size());
  pid_t pid = -1;
  if (at != std::string::npos) std::from_chars(info->data() + at, info->data() + info->size(), pid);
  return pid;
}

std::string_view doing(Step step) {
  switch (step) {
    case Step::Order:
      return "read its order";
    case Step::Root:
      return "prepare the root";
    case Step::Network:
      return "prepare the network";
    case Step::Limits:
      return "set the program's limits";
    case Step::Filter:
      return "filter system calls";
    case Step::Directory:
      return "enter the working directory";
    case Step::Program:
      break;
  }
  return "start the program";
}

// What bubblewrap or the sandbox has said until its end, which is near.
std::string errors_of(Child& child) {
  std::string text;
  char buffer[4096];
  for (ssize_t count; (count = ::read(child.err.get(), buffer, sizeof buffer)) != 0;) {
    if (count < 0 && errno != EINTR) break;
    if (count > 0 && text.size() < sizeof buffer) text.append(buffer, static_cast<std::size_t>(count));
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return terminal_text(std::string_view(text).substr(text.starts_with("bwrap: ") ? 7 : 0));
}

}  // namespace

std::vector<std::string> bubblewrap_command(const VmSpec& spec, const fs::path& sandbox_program,
                                            int control) {
  std::vector<std::string> argv{"bwrap",      "--unshare-all",
                                "--as-pid-1", "--die-with-parent",
                                "--hostname", spec.name,
                                "--uid",      "0",
                                "--gid",      "0",
                                "--proc",     "/proc",
                                "--dev",      "/dev",
                                "--cap-drop", "ALL"};
  // For the sandbox's first process, which gives up the first three before the program begins.
  for (const char* right : {"CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETPCAP", "CAP_DAC_OVERRIDE", "CAP_FOWNER",
                            "CAP_NET_BIND_SERVICE"})
    argv.insert(argv.end(), {"--cap-add", right});
  argv.insert(argv.end(), {"--ro-bind", sandbox_program.string(), kInSandbox, "--", kInSandbox, kInSandbox,
                           std::to_string(control)});
  return argv;
}

Result<SandboxedProcess> SandboxedProcess::start(const VmSpec& spec, const GuestProgram& program,
                                                 SandboxOptions options) {
  if (!find_program("bwrap"))
    return Error{Fault::Host,
                 kNoBubblewrap,
                 "bubblewrap is not installed: there is no 'bwrap' in PATH",
                 {},
                 "sudo apt install bubblewrap"};
  FAASC_TRY(StartOrder order, order_of(spec, program, options));
  FAASC_TRY(Fd order_file, in_memory(to_bytes(order)));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return io_error("create", "socket pair", errno);
  SandboxedProcess process;
  process.on_refused_ = options.on_refused;
  process.control_.reset(ends[0]);
  Fd theirs(ends[1]);

  std::vector<std::string> argv = bubblewrap_command(spec, options.sandbox_program, theirs.get());
  if (options.on_note) options.on_note(to_shell(argv));
  FAASC_TRY(Child child, Child::spawn({.argv = std::move(argv), .working_directory = "/", .environment = {}},
                                      {.in = Stream::Null,
                                       .out = Stream::Pipe,
                                       .err = Stream::Pipe,
                                       .own_process_group = true,
                                       .inherited_fds = {theirs.get()}}));
  process.child_.emplace(std::move(child));
  theirs.reset();

  std::optional<Message> said = process.hear();
  if (!said || said->said != Said::RootIsEmpty || said->descriptors.size() != 1)
    return process.not_started(std::move(said), program);
  // Whatever the sandbox mounts is not in the way: this is its file system, not its view of it.
  FAASC_CHECK(program.fill_root("/proc/self/fd/" + std::to_string(said->descriptors.front().get()))
                  .during("copying the image's files into the sandbox"));
  said->descriptors.clear();

  std::vector<int> descriptors{order_file.get()};
  for (const Fd& listener : options.listeners) descriptors.push_back(listener.get());
  send_message(process.control_, Said::Start, descriptors);
  for (;;) {
    said = process.hear();
    if (said && said->said == Said::Started && said->descriptors.size() == 1) {
      process.pid_ = pid_of(said->descriptors.front());
      process.awaits_debugger_ = options.await_debugger;
      if (options.await_debugger) return process;
    } else if (said && said->said == Said::CallsWait) {
      process.take(*said);
    } else if (said && said->said == Said::Runs) {
      return process;
    } else {
      return process.not_started(std::move(said), program);
    }
  }
}

// Nothing once the sandbox has gone.
std::optional<Message> SandboxedProcess::hear() {
  for (;;) {
    pollfd control{control_.get(), POLLIN, 0};
    if (::poll(&control, 1, -1) < 0 && errno == EINTR) {
      if (!check_interrupt()) return std::nullopt;
      continue;
    }
    return receive_message(control_);
  }
}

Error SandboxedProcess::not_started(std::optional<Message> message, const GuestProgram& program) {
  if (auto interrupted = check_interrupt(); !interrupted) return interrupted.error();
  if (message && message->said == Said::NotStarted) {
    auto step = static_cast<Step>(message->first);
    std::string what = "the sandbox could not " + std::string(doing(step));
    if (step == Step::Program) what += " '" + program.executable + "'";
    if (step == Step::Directory) what += " '" + program.working_directory + "'";
    Error error{Fault::Host, kProcessRefused, what + ": " + std::strerror(message->second), {}, {}};
    if (step == Step::Filter)
      error.hint = "the kernel has to know user notifications of seccomp, and nobody else may use them here";
    if (step == Step::Program || step == Step::Directory) error.fault = Fault::Guest;
    return error;
  }
  std::string said = errors_of(*child_);
  ExitStatus status = child_->wait();
  if (said.empty())
    said = status.signal != 0 ? "it was ended by signal " + std::to_string(status.signal)
                              : "it ended with status " + std::to_string(status.code) + " and said nothing";
  Error error{Fault::Host, kNoSandbox, "bubblewrap could not make a sandbox: " + said, {}, {}};
  if (said.find("namespace") != std::string::npos || said.find("uid map") != std::string::npos ||
      said.find("RTM_NEWADDR") != std::string::npos)
    error.hint =
        "this host forbids user namespaces: see sysctl kernel.unprivileged_userns_clone, "
        "user.max_user_namespaces "
        "and kernel.apparmor_restrict_unprivileged_userns; or run it as a virtual machine, without '--vmm "
        "process'";
  return error;
}

bool SandboxedProcess::is_traced() const {
  auto status = read_file("/proc/" + std::to_string(pid_) + "/status");
  return status && status->find("\nTracerPid:\t") != std::string::npos &&
         status->find("\nTracerPid:\t0\n") == std::string::npos;
}

// What comes unasked.
void SandboxedProcess::take(Message& message) {
  if (message.said == Said::Ended) end_ = End{message.first, message.second};
  // Where the program waited for a debugger, this comes late.
  if (message.said == Said::CallsWait && message.descriptors.size() == 1)
    watch_ = std::make_unique<CallWatch>(std::move(message.descriptors.front()), on_refused_);
}

std::optional<SandboxedProcess::End> SandboxedProcess::end() {
  for (pollfd control{control_.get(), POLLIN, 0}; !end_ && ::poll(&control, 1, 0) > 0;) {
    auto message = receive_message(control_);
    if (!message) break;
    take(*message);
  }
  return end_;
}

bool SandboxedProcess::accepts(std::uint16_t port) {
  constexpr int kPatienceMs = 1000;
  if (!end() && awaits_debugger_) {
    if (!is_traced()) return false;
    send_message(control_, Said::Go);
    awaits_debugger_ = false;
  }
  if (end() || !send_message(control_, Said::TryPort, port)) return false;
  for (pollfd control{control_.get(), POLLIN, 0}; ::poll(&control, 1, kPatienceMs) > 0;) {
    auto message = receive_message(control_);
    if (!message) return false;
    if (message->said == Said::Accepts) return message->first != 0;
    take(*message);
  }
  return false;
}

void SandboxedProcess::signal(int number) {
  if (!end()) send_message(control_, Said::Signal, number);
}

std::vector<RefusedCall> SandboxedProcess::refused() const {
  return watch_ ? watch_->refused() : std::vector<RefusedCall>{};
}

}  // namespace faasc
