// faasc-sandbox: the first process of the sandbox in which faasc runs a function as a process. It prepares
// what needs rights that the program does not get, starts the program, carries its connections, and says how
// it ended. It is linked statically, as the root that it runs in is the guest's. Started as
//
//   bwrap … --ro-bind faasc-sandbox PATH -- PATH PATH CONTROL
//
// where CONTROL is the number of the descriptor on which faasc is spoken to (launcher/process/control.h). It
// ends when the program does, and when faasc goes away.

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "launcher/process/control.h"
#include "launcher/process/sandbox/program.h"
#include "launcher/process/sandbox/relay.h"
#include "launcher/process/start_order.h"

namespace faasc {
namespace {

// How long after the program's end answers may still be on their way to the host.
constexpr int kLastBytesMs = 500;

std::optional<StartOrder> read_order(const Fd& file) {
  off_t size = ::lseek(file.get(), 0, SEEK_END);
  if (size < 0) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (::pread(file.get(), bytes.data(), bytes.size(), 0) != size) return std::nullopt;
  return start_order_from(bytes);
}

class Sandbox {
 public:
  explicit Sandbox(int control) : control_(control) {}

  int run(const char* own_path) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    // The program is not to see us.
    ::umount2(own_path, MNT_DETACH);
    ::unlink(own_path);
    raise_file_limit();
    Fd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!send_message(control_, Said::RootIsEmpty, 0, 0, {root.get()})) return 1;
    root.reset();
    auto start = receive_message(control_);
    if (!start || start->said != Said::Start) return 1;
    Failure failure = start_with(*start);
    if (failure.error != 0) {
      send_message(control_, Said::NotStarted, static_cast<int>(failure.step), failure.error);
      return 1;
    }
    serve();
    return 0;
  }

 private:
  // Two descriptors for each connection.
  static void raise_file_limit() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }

  Failure start_with(Message& start) {
    if (start.descriptors.empty()) return {Step::Order, EPROTO};
    auto order = read_order(start.descriptors.front());
    if (!order || order->ports.size() + 1 != start.descriptors.size()) return {Step::Order, EPROTO};
    order_ = std::move(*order);
    for (auto prepare : {prepare_root, prepare_network})
      if (Failure failure = prepare(order_); failure.error != 0) return failure;
    relay_.emplace(order_.address);
    for (std::size_t i = 0; i < order_.ports.size(); ++i)
      relay_->add(std::move(start.descriptors[i + 1]), order_.ports[i]);
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, nullptr);
    children_.reset(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
    if (Failure failure = start_program(order_, control_, program_); failure.error != 0) return failure;
    return {};
  }

  // Collects every process that has ended; whether the program was among them.
  bool reap() {
    signalfd_siginfo info;
    while (::read(children_.get(), &info, sizeof info) > 0) {
    }
    int status = 0;
    bool ended = false;
    for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      if (pid != program_) continue;
      ended = true;
      send_message(control_, Said::Ended, WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                   WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    }
    return ended;
  }

  // False where faasc has gone.
  bool obey() {
    auto message = receive_message(control_);
    if (!message) return false;
    if (message->said == Said::TryPort)
      send_message(control_, Said::Accepts,
                   accepts(order_.address, static_cast<std::uint16_t>(message->first)));
    if (message->said == Said::Signal) ::kill(-program_, message->first);
    return true;
  }

  void serve() {
    for (;;) {
      pollfd watched[3] = {
          {control_.get(), POLLIN, 0}, {children_.get(), POLLIN, 0}, {relay_->fd(), POLLIN, 0}};
      if (::poll(watched, 3, -1) < 0 && errno != EINTR) return;
      if (watched[2].revents) relay_->work();
      if (watched[0].revents && !obey()) return;
      if (watched[1].revents && reap()) break;
    }
    pollfd relay{relay_->fd(), POLLIN, 0};
    while (relay_->size() > 0 && ::poll(&relay, 1, kLastBytesMs) > 0) relay_->work();
  }

  Fd control_;
  StartOrder order_;
  std::optional<Relay> relay_;
  Fd children_;
  pid_t program_ = -1;
};

}  // namespace
}  // namespace faasc

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("faasc-sandbox: faasc starts this program\n", stderr);
    return 2;
  }
  return faasc::Sandbox(std::atoi(argv[2])).run(argv[1]);
}
