#include "launcher/process/sandbox/program.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace faasc {
namespace {

// A guest has one user, whom nothing is forbidden; the rest is what a machine of its own would be needed for.
constexpr unsigned kKept[] = {CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_NET_BIND_SERVICE};

bool remount(const char* path, unsigned long flags, const char* data = nullptr) {
  return ::mount(nullptr, path, nullptr, MS_REMOUNT | MS_NOSUID | MS_NODEV | flags, data) == 0;
}

Failure limit(__rlimit_resource_t what, std::uint64_t value, std::uint64_t most) {
  if (value == 0) return {};
  rlimit now{};
  ::getrlimit(what, &now);
  rlimit wanted{std::min<rlim_t>(now.rlim_max, value), std::min<rlim_t>(now.rlim_max, most)};
  return ::setrlimit(what, &wanted) == 0 ? Failure{} : Failure{Step::Limits, errno};
}

// On the first so many of the host's processors, beginning with one that differs between sandboxes.
Failure choose_processors(unsigned count) {
  if (count == 0) return {};
  cpu_set_t all, chosen;
  CPU_ZERO(&chosen);
  if (::sched_getaffinity(0, sizeof all, &all) != 0) return {Step::Limits, errno};
  std::vector<int> usable;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &all)) usable.push_back(cpu);
  if (count >= usable.size()) return {};
  std::uint32_t start = 0;
  [[maybe_unused]] long got = ::syscall(SYS_getrandom, &start, sizeof start, 0);
  for (unsigned i = 0; i < count; ++i) CPU_SET(usable[(start + i) % usable.size()], &chosen);
  return ::sched_setaffinity(0, sizeof chosen, &chosen) == 0 ? Failure{} : Failure{Step::Limits, errno};
}

// Where C libraries read how many processors there are.
Failure tell_processors(unsigned count) {
  if (count == 0) return {};
  std::string path;
  for (const char* directory : {"/sys", "/devices", "/system", "/cpu"}) {
    path += directory;
    ::mkdir(path.c_str(), 0755);
  }
  Fd file(::open((path + "/online").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0444));
  std::string text = (count > 1 ? "0-" + std::to_string(count - 1) : "0") + "\n";
  if (!file || ::write(file.get(), text.data(), text.size()) < 0) return {Step::Root, errno};
  return {};
}

Failure give_up_rights() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> rights{};
  for (unsigned kept : kKept) {
    rights[kept / 32].effective |= 1u << kept % 32;
    rights[kept / 32].permitted |= 1u << kept % 32;
    rights[kept / 32].inheritable |= 1u << kept % 32;
  }
  // The bounding set decides what user 0 has after exec.
  for (unsigned right = 0; ::prctl(PR_CAPBSET_READ, right, 0, 0, 0) >= 0; ++right)
    if (std::find(std::begin(kKept), std::end(kKept), right) == std::end(kKept) &&
        ::prctl(PR_CAPBSET_DROP, right, 0, 0, 0) != 0)
      return {Step::Limits, errno};
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (::syscall(SYS_capset, &header, rights.data()) != 0 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return {Step::Limits, errno};
  return {};
}

Failure install_filter(const std::string& instructions, const Fd& control) {
  if (instructions.empty()) return {};
  sock_fprog program{static_cast<unsigned short>(instructions.size() / sizeof(sock_filter)),
                     reinterpret_cast<sock_filter*>(const_cast<char*>(instructions.data()))};
  Fd listener(static_cast<int>(
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program)));
  if (!listener) return {Step::Filter, errno};
  if (!send_message(control, Said::CallsWait, 0, 0, {listener.get()})) return {Step::Filter, errno};
  return {};
}

// Returns only where something failed.
Failure become_program(const StartOrder& order, const Fd& control) {
  // All that needs memory comes first, and all that the filter may forbid.
  std::vector<char*> argv, envp;
  for (const std::string& argument : order.arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  for (const std::string& variable : order.environment) envp.push_back(const_cast<char*>(variable.c_str()));
  argv.push_back(nullptr);
  envp.push_back(nullptr);

  ::setsid();
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int signal = 1; signal < NSIG; ++signal)
    if (signal != SIGKILL && signal != SIGSTOP) ::signal(signal, SIG_DFL);
  ::umask(022);
  int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  ::dup2(STDOUT_FILENO, STDERR_FILENO);

  if (::chdir(order.directory.c_str()) != 0) return {Step::Directory, errno};
  for (Failure failure : {limit(RLIMIT_DATA, order.memory_bytes, order.memory_bytes),
                          limit(RLIMIT_STACK, order.stack_bytes, RLIM_INFINITY),
                          limit(RLIMIT_NOFILE, order.open_files, order.most_open_files),
                          choose_processors(order.processors), give_up_rights()})
    if (failure.error != 0) return failure;
  rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  // Whoever started us waits for the program, so that this is the only one who listens.
  while (order.await_debugger) {
    auto message = receive_message(control);
    if (!message) return {Step::Order, EPIPE};
    if (message->said == Said::Go) break;
  }
  if (Failure failure = install_filter(order.call_filter, control); failure.error != 0) return failure;
  ::execve(order.executable.c_str(), argv.data(), envp.data());
  return {Step::Program, errno};
}

}  // namespace

Failure prepare_root(const StartOrder& order) {
  if (order.writable && order.room_bytes > 0) {
    struct statfs root{};
    if (::statfs("/", &root) != 0) return {Step::Root, errno};
    std::uint64_t used = (root.f_blocks - root.f_bfree) * static_cast<std::uint64_t>(root.f_bsize);
    std::string size = "size=" + std::to_string(used + order.room_bytes);
    if (!remount("/", 0, size.c_str())) return {Step::Root, errno};
  }
  for (const std::string& path : order.temporary) {
    ::mkdir(path.c_str(), 0755);
    const char* mode = path == "/run" ? "mode=0755" : "mode=1777";
    if (::mount("tmpfs", path.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, mode) != 0) return {Step::Root, errno};
  }
  if (!order.shared_memory) ::rmdir("/dev/shm");
  if (Failure failure = tell_processors(order.processors); failure.error != 0) return failure;
  if (order.writable) return {};
  if (!remount("/", MS_BIND | MS_RDONLY)) return {Step::Root, errno};
  // Devices are mounts of their own and stay as they are.
  if (!order.shared_memory && !remount("/dev", MS_BIND | MS_RDONLY)) return {Step::Root, errno};
  return {};
}

Failure prepare_network(const StartOrder& order) {
  Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo:1");
  auto& address = reinterpret_cast<sockaddr_in&>(request.ifr_addr);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = order.address;
  if (!socket || ::ioctl(socket.get(), SIOCSIFADDR, &request) != 0) return {Step::Network, errno};
  // Of this address alone: whatever else is in its network is not here.
  address.sin_addr.s_addr = 0xffffffff;
  if (::ioctl(socket.get(), SIOCSIFNETMASK, &request) != 0) return {Step::Network, errno};
  return {};
}

Failure start_program(const StartOrder& order, const Fd& control, pid_t& pid) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {Step::Program, errno};
  Fd failure_in(ends[0]), failure_out(ends[1]);
  pid = ::fork();
  if (pid < 0) return {Step::Program, errno};
  if (pid == 0) {
    Failure failure = become_program(order, control);
    [[maybe_unused]] ssize_t written = ::write(failure_out.get(), &failure, sizeof failure);
    ::_exit(127);
  }
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  send_message(control, Said::Started, 0, 0, {pidfd.get()});
  failure_out.reset();
  Failure failure;
  ssize_t count;
  do count = ::read(failure_in.get(), &failure, sizeof failure);
  while (count < 0 && errno == EINTR);
  if (count != sizeof failure) {
    send_message(control, Said::Runs);
    return {};
  }
  ::waitpid(pid, nullptr, 0);
  return failure;
}

}  // namespace faasc
