#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace faasc::rt {

/// The test function, served by a process of its own on a free port. Killed when destroyed.
class ServerProcess {
 public:
  /// `environment` is all it gets besides PORT=0. Waits until it listens, or has ended.
  explicit ServerProcess(std::vector<std::string> environment = {}, std::vector<std::string> arguments = {},
                         std::string program = FAASC_TEST_FUNCTION);
  ServerProcess(ServerProcess const&) = delete;
  ServerProcess& operator=(ServerProcess const&) = delete;
  ~ServerProcess();

  int port() const { return port_; }
  pid_t pid() const { return pid_; }
  void signal(int number) const;

  /// Waits at most 20 seconds and says how it ended: "exit 0", "signal 11", or "running".
  std::string wait();
  /// The same without waiting.
  std::string state();

  /// What it has written so far.
  std::string out() const;
  std::string err() const;
  /// Waits at most 5 seconds for `text` to appear there.
  bool err_contains(std::string const& text) const;

 private:
  pid_t pid_ = -1;
  int port_ = 0;
  int out_ = -1;
  int err_ = -1;
  std::string ended_;
};

}  // namespace faasc::rt
