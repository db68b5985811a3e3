#include "packager/kernels/kernel_make.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>

#include <fcntl.h>
#include <poll.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "packager/kernels/codes.h"

namespace faasc {
namespace {

constexpr std::size_t kExcerptLines = 12;
constexpr std::size_t kKeptLines = 400;
constexpr std::size_t kLongestLine = 2000;

Command command_of(const KernelMake& make) {
  Command command;
  command.argv = {"make", "--directory", make.source.string(), "ARCH=x86_64", "O=" + make.objects.string()};
  command.argv.insert(command.argv.end(), make.arguments.begin(), make.arguments.end());
  // Documentation/kbuild/reproducible-builds.rst in Linux' sources.
  command.environment = {{"LC_ALL", "C"},
                         {"KBUILD_BUILD_TIMESTAMP", "Thu Jan  1 00:00:00 UTC 1970"},
                         {"KBUILD_BUILD_USER", "faasc"},
                         {"KBUILD_BUILD_HOST", "faasc"},
                         {"KBUILD_BUILD_VERSION", "1"},
                         {"SOURCE_DATE_EPOCH", "0"}};
  for (const char* name : {"MAKEFLAGS",
                           "MFLAGS",
                           "MAKELEVEL",
                           "CROSS_COMPILE",
                           "KBUILD_OUTPUT",
                           "KBUILD_VERBOSE",
                           "LOCALVERSION",
                           "KCFLAGS",
                           "KAFLAGS",
                           "KCPPFLAGS",
                           "HOSTCFLAGS",
                           "HOSTLDFLAGS",
                           "INSTALL_MOD_PATH",
                           "LLVM",
                           "W",
                           "V",
                           "C",
                           "M",
                           "CPATH",
                           "C_INCLUDE_PATH",
                           "GCC_COLORS"})
    command.environment[name] = "";
  return command;
}

/// Takes the output apart into lines, counts the commands among them and remembers the last ones.
class Output {
 public:
  explicit Output(const std::function<void(std::size_t)>& step) : step_(step) {}

  void take(std::string_view bytes) {
    for (char c : bytes) {
      if (c == '\n')
        end_line();
      else if (line_.size() < kLongestLine)
        line_ += c;
    }
  }
  void end_line() {
    if (line_.empty()) return;
    // "  CC      init/main.o"
    if (line_.size() > 4 && line_.starts_with("  ") && line_[2] >= 'A' && line_[2] <= 'Z' && step_)
      step_(++steps_);
    kept_.push_back(std::move(line_));
    if (kept_.size() > 2 * kKeptLines) kept_.erase(kept_.begin(), kept_.end() - kKeptLines);
    line_.clear();
  }

  /// From the first complaint on, or the last lines where none is recognised.
  std::vector<std::string> complaint() const {
    auto is_error = [](const std::string& line) {
      return line.find("error:") != std::string::npos || line.find("Error:") != std::string::npos ||
             line.find("undefined reference") != std::string::npos ||
             line.find(": not found") != std::string::npos;
    };
    auto first = std::find_if(kept_.begin(), kept_.end(), is_error);
    if (first == kept_.end())
      first = kept_.end() - static_cast<std::ptrdiff_t>(std::min(kExcerptLines, kept_.size()));
    return {first, first + std::min<std::ptrdiff_t>(kExcerptLines, kept_.end() - first)};
  }

 private:
  const std::function<void(std::size_t)>& step_;
  std::string line_;
  std::vector<std::string> kept_;
  std::size_t steps_ = 0;
};

}  // namespace

Result<void> run_kernel_make(const KernelMake& make) {
  Fd log(::open(make.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!log) return io_error("create", make.log, errno);
  SpawnOptions options;
  options.out = Stream::Pipe;
  options.err = Stream::Pipe;
  Command command = command_of(make);
  FAASC_CHECK(write_all(log, to_shell(command.argv) + "\n", make.log));
  FAASC_TRY(Child child, Child::spawn(command, options));
  Output output(make.step);
  bool out_open = true, err_open = true, told = false;
  char buffer[16 * 1024];
  auto drain = [&](const Fd& fd, bool& open) -> Result<void> {
    FAASC_TRY(std::size_t size, read_some(fd, buffer, sizeof buffer, "the output of make"));
    open = size > 0;
    FAASC_CHECK(write_all(log, {buffer, size}, make.log));
    output.take({buffer, size});
    return {};
  };
  auto deadline = std::chrono::steady_clock::time_point::max();
  while (out_open || err_open) {
    pollfd watched[] = {{out_open ? child.out.get() : -1, POLLIN, 0},
                        {err_open ? child.err.get() : -1, POLLIN, 0},
                        {told ? -1 : interrupt_fd(), POLLIN, 0}};
    ::poll(watched, 3, told ? 200 : 1000);
    if (interrupt_signal() != 0 && !told) {
      // make deletes what it was writing, and waits for its compilers.
      child.signal(SIGTERM);
      told = true;
      deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    }
    if (std::chrono::steady_clock::now() > deadline) break;
    if (watched[0].revents != 0) FAASC_CHECK(drain(child.out, out_open));
    if (watched[1].revents != 0) FAASC_CHECK(drain(child.err, err_open));
  }
  FAASC_CHECK(check_interrupt());
  output.end_line();
  ExitStatus status = child.wait();
  if (status.ok()) return {};
  Error error{
      Fault::Input,
      kLinuxBuildFailed,
      "building the kernel failed: make " + (status.signal != 0
                                                 ? "was killed by signal " + std::to_string(status.signal)
                                                 : "ended with status " + std::to_string(status.code)),
      {},
      "all that was said is in '" + make.log.string() + "'; the same command goes on where it stopped"};
  error.excerpt = output.complaint();
  return error;
}

}  // namespace faasc
