#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// A program to start. No shell is involved.
struct Command {
  std::vector<std::string> argv;                   ///< argv[0] is looked up in PATH unless it has a slash
  std::filesystem::path working_directory;         ///< empty: ours
  std::map<std::string, std::string> environment;  ///< on top of ours
};

/// The command as one would type it in a shell, quoted where needed.
std::string to_shell(const std::vector<std::string>& argv);

/// The path of an executable file named `name` in PATH.
std::optional<std::filesystem::path> find_program(std::string_view name);

/// How a process ended: by exit(code), or by a signal.
struct ExitStatus {
  int code = 0;
  int signal = 0;  ///< 0 where the process called exit()
  bool ok() const { return code == 0 && signal == 0; }
};

enum class Stream : std::uint8_t { Inherit, Null, Pipe };

struct SpawnOptions {
  Stream in = Stream::Null;
  Stream out = Stream::Inherit;
  Stream err = Stream::Inherit;
  bool own_process_group = false;  ///< a Ctrl-C at the terminal then does not reach the child
  /// Stay open in the child under their numbers; every other descriptor of ours is closed.
  std::vector<int> inherited_fds{};
};

/// A running process. The kernel kills it when the thread that started it ends, however it ends; the
/// destructor kills and reaps it. Start one from a thread that outlives it.
class Child {
 public:
  static Result<Child> spawn(const Command& command, const SpawnOptions& options);

  Child(Child&& other) noexcept
      : in(std::move(other.in)),
        out(std::move(other.out)),
        err(std::move(other.err)),
        pid_(std::exchange(other.pid_, -1)),
        pidfd_(std::move(other.pidfd_)),
        status_(other.status_) {}
  Child& operator=(Child&&) = delete;
  ~Child();

  pid_t pid() const { return pid_; }
  /// Readable once the process has ended; for poll().
  const Fd& ended() const { return pidfd_; }
  void signal(int signal_number);
  /// Waits for the end. Can be asked again.
  ExitStatus wait();
  /// The status of a process that has ended, without waiting.
  std::optional<ExitStatus> try_wait();

  // Our ends of the pipes that were asked for.
  Fd in, out, err;

 private:
  Child() = default;
  pid_t pid_ = -1;
  Fd pidfd_;
  std::optional<ExitStatus> status_;
};

struct RunOptions {
  std::string_view input;     ///< fed to standard input
  Stream out = Stream::Pipe;  ///< Pipe: collected into Finished::out
  Stream err = Stream::Pipe;
  std::chrono::milliseconds timeout{0};  ///< 0: none
  std::size_t output_limit = std::size_t{64}
                             << 20;  ///< bytes of each stream that are kept; the rest is read and dropped
};

struct Finished {
  ExitStatus status;
  std::string out, err;
};

/// Runs a program to its end. A program that cannot be started, a time-out and an interrupt are errors; an
/// exit status other than 0 is not.
Result<Finished> run(const Command& command, const RunOptions& options = {});

}  // namespace faasc
