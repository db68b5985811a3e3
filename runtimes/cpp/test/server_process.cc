#include "test/server_process.h"

#include <chrono>
#include <stdexcept>

#include <sys/mman.h>
#include <sys/wait.h>

#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

namespace faasc::rt {
namespace {

void pause_briefly() {
  timespec const time{0, 2'000'000};
  ::nanosleep(&time, nullptr);
}

std::string content(int fd) {
  std::string text;
  char bytes[4096];
  for (off_t offset = 0;;) {
    ssize_t const count = ::pread(fd, bytes, sizeof bytes, offset);
    if (count <= 0) return text;
    text.append(bytes, static_cast<std::size_t>(count));
    offset += count;
  }
}

template <typename Done>
bool wait_for(std::chrono::seconds limit, Done done) {
  auto const end = std::chrono::steady_clock::now() + limit;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    pause_briefly();
  }
  return true;
}

}  // namespace

ServerProcess::ServerProcess(std::vector<std::string> environment, std::vector<std::string> arguments,
                             std::string program) {
  // Files rather than pipes: a server that is not read from must not block.
  out_ = ::memfd_create("stdout", MFD_CLOEXEC);
  err_ = ::memfd_create("stderr", MFD_CLOEXEC);
  environment.push_back("PORT=0");
  // Sanitizers have handlers of their own for crashes; here the server's are tested.
  environment.push_back("ASAN_OPTIONS=handle_segv=0:handle_abort=0:allocator_may_return_null=1");
  arguments.insert(arguments.begin(), program);
  std::vector<char*> argv, envp;
  for (std::string& text : arguments) argv.push_back(text.data());
  for (std::string& text : environment) envp.push_back(text.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);

  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, out_, 1);
  ::posix_spawn_file_actions_adddup2(&files, err_, 2);
  // ctest may have been started in the background of a shell that ignores SIGINT there.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGINT);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  int const error = ::posix_spawn(&pid_, program.c_str(), &files, &attributes, argv.data(), envp.data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::runtime_error("cannot start " + program);

  wait_for(std::chrono::seconds(20), [&] {
    std::string const text = out();
    for (char const* const mark : {"\"port\":", "port="}) {
      std::size_t const at = text.find(mark);
      if (at != std::string::npos && text.back() == '\n')
        port_ = ::atoi(text.c_str() + at + std::string(mark).size());
    }
    return port_ != 0 || state() != "running";
  });
}

ServerProcess::~ServerProcess() {
  if (state() == "running") {
    ::kill(pid_, SIGKILL);
    wait();
  }
  ::close(out_);
  ::close(err_);
}

void ServerProcess::signal(int number) const {
  ::kill(pid_, number);
}

std::string ServerProcess::state() {
  int status = 0;
  if (ended_.empty() && ::waitpid(pid_, &status, WNOHANG) == pid_) {
    ended_ = WIFEXITED(status) ? "exit " + std::to_string(WEXITSTATUS(status))
                               : "signal " + std::to_string(WTERMSIG(status));
  }
  return ended_.empty() ? "running" : ended_;
}

std::string ServerProcess::wait() {
  wait_for(std::chrono::seconds(20), [&] { return state() != "running"; });
  return state();
}

std::string ServerProcess::out() const {
  return content(out_);
}
std::string ServerProcess::err() const {
  return content(err_);
}

bool ServerProcess::err_contains(std::string const& text) const {
  return wait_for(std::chrono::seconds(5), [&] { return err().find(text) != std::string::npos; });
}

}  // namespace faasc::rt
