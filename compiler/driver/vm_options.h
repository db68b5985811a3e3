#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/driver/session.h"
#include "launcher/machine.h"

namespace CLI {
class App;
}

namespace faasc {

/// How run, invoke and test start a machine.
struct VmArguments {
  std::string vmm = "qemu", accelerator = "auto", machine = "auto", boot = "auto";
  std::string memory;                        ///< a quantity; empty: what the spec says
  unsigned vcpus = 0;                        ///< 0: what the spec says
  std::vector<std::string> environment;      ///< as guest_environment_of() takes it
  std::vector<std::string> volumes, shares;  ///< as parse_mount_option() takes them
  std::string network;                       ///< "user", "tap=NAME", "bridge=NAME"; empty: as the spec says
  std::vector<std::string> addresses;        ///< of the guest, with prefix lengths: one of IPv4, one of IPv6
  std::string gateway;
  std::vector<std::string> name_servers;
  bool time = false;
  std::string core;  ///< where a crash leaves a core dump, not an option of its own; empty: nowhere
  /// Nothing chooses addresses at random: for debuggers, not an option of its own.
  bool fixed_addresses = false;
};

void add_vm_options(CLI::App& app, VmArguments& arguments);

/// "8080:80", or "8080" for the function's own port.
Result<PortForward> parse_port(const std::string& text, std::uint16_t function_port);

/// What -p says becomes ports of this host that lead to the guest. One in a network of the host has none.
Result<void> forward_ports(const std::vector<std::string>& ports, const VmArguments& arguments,
                           const VmSpec& spec, StartOptions& options);

/// The launcher's options; its notes go to the console with -v.
Result<StartOptions> start_options(Session& session, const VmArguments& arguments);

/// Says in one line why the machine runs emulated, where that was not asked for.
void say_if_emulated(Session& session, const VmArguments& arguments, const Machine& machine);

}  // namespace faasc
