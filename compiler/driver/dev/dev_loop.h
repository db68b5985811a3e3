#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "compiler/driver/dev/file_watch.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"
#include "compiler/driver/vm_options.h"
#include "launcher/front_port.h"
#include "launcher/machine.h"

namespace faasc {

struct DevArguments {
  TargetArguments target;
  VmArguments vm;
  std::string port;  ///< HOST or HOST:GUEST; empty: the function's own
};

/// Builds and runs a function, again whenever its files change, until an interrupt. The port of this host
/// stays: the machine before serves until the next one does, and longer where that does not come to be.
class DevLoop {
 public:
  DevLoop(Session& session, const DevArguments& arguments) : session_(session), arguments_(arguments) {}

  /// The exit status: that of the interrupt.
  Result<int> run();

 private:
  struct Round {
    std::chrono::milliseconds built{0}, ready{0};
    std::uint64_t bytes = 0;
    std::string sha256;  // of the image
  };

  Result<void> watch();
  Result<std::optional<BuiltFunction>> build();
  Result<void> replace(const BuiltFunction& built, std::chrono::milliseconds took);
  Result<std::optional<Machine>> start(const VmSpec& spec);
  void tell(const Round& round, const std::string& address);
  void notice_end();
  int stop();

  Session& session_;
  const DevArguments& arguments_;
  std::filesystem::path manifest_;
  std::optional<FileWatch> watch_;
  std::unique_ptr<FrontPort> port_;
  std::optional<std::uint16_t> guest_port_;  // where the user named one
  std::optional<Machine> machine_;
  std::string name_;
  std::optional<Round> last_;
};

}  // namespace faasc
