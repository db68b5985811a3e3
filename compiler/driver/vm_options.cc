#include "compiler/driver/vm_options.h"

#include <charconv>
#include <optional>
#include <string_view>

#include <CLI/CLI.hpp>

#include "compiler/driver/build_cache.h"
#include "compiler/driver/codes.h"
#include "launcher/codes.h"
#include "manifests/quantity.h"
#include "packager/spec/targets/target.h"

namespace faasc {
namespace {

std::optional<std::uint16_t> port_number(std::string_view text) {
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

// Empty: it is one. What faasc only describes a machine for is sent where that is done.
std::string refuse_vmm(const std::string& name) {
  if (name == "qemu" || name == "firecracker" || name == "cloud-hypervisor" || name == "process") return {};
  std::string message = "'" + name + "' is not in {qemu,firecracker,cloud-hypervisor,process}";
  if (find_target(name))
    message += "; 'faasc spec IMAGE --to " + name + "' writes what it starts the machine from";
  return message;
}

}  // namespace

void add_vm_options(CLI::App& app, VmArguments& arguments) {
  app.add_option("--vmm", arguments.vmm, "qemu, firecracker, cloud-hypervisor or process (no machine) [qemu]")
      ->type_name("VMM")
      ->check(CLI::Validator(refuse_vmm, ""));
  app.add_option("--accel", arguments.accelerator, "auto, kvm or tcg (emulation)")
      ->type_name("HOW")
      ->check(CLI::IsMember({"auto", "kvm", "tcg"}).description(""));
  app.add_option("--machine", arguments.machine, "auto, microvm, q35 (a PC) or virt (aarch64)")
      ->type_name("TYPE")
      ->check(CLI::IsMember({"auto", "microvm", "q35", "virt"}).description(""));
  app.add_option("--boot", arguments.boot, "auto, direct (without a boot loader), disk, bios or uefi")
      ->type_name("FROM")
      ->check(CLI::IsMember({"auto", "direct", "disk", "bios", "uefi"}).description(""));
  app.add_option("--memory", arguments.memory, "memory of the machine, for example 512MiB")
      ->type_name("SIZE");
  app.add_option("--cpus", arguments.vcpus, "processors of the machine")
      ->type_name("N")
      ->check(CLI::Range(1, 64).description(""));
  app.add_option("--env", arguments.environment,
                 "a variable of the guest's environment; without a value, this host's")
      ->type_name("NAME[=VALUE]")
      ->allow_extra_args(false);
  app.add_option("--volume", arguments.volumes, "a disk of data that stays, and where the guest mounts it")
      ->type_name("FILE[:PATH][:ro]")
      ->allow_extra_args(false);
  app.add_option("--share", arguments.shares, "a directory of this host, and where the guest mounts it")
      ->type_name("DIR:PATH[:ro]")
      ->allow_extra_args(false);
  app.add_option("--net", arguments.network, "user (the machine's own), tap=NAME or bridge=NAME of this host")
      ->type_name("NET");
  app.add_option("--ip", arguments.addresses, "an address of the guest's, with its prefix length")
      ->type_name("ADDR/LEN")
      ->allow_extra_args(false);
  app.add_option("--gateway", arguments.gateway, "the router of the network that --ip is in")
      ->type_name("ADDR");
  app.add_option("--dns", arguments.name_servers, "a name server (Linux)")
      ->type_name("ADDR")
      ->allow_extra_args(false);
  app.add_flag("--time", arguments.time, "show how long each phase of the start took");
}

Result<PortForward> parse_port(const std::string& text, std::uint16_t function_port) {
  std::size_t colon = text.find(':');
  auto host = port_number(std::string_view(text).substr(0, colon));
  auto guest = colon == std::string::npos ? std::optional(function_port)
                                          : port_number(std::string_view(text).substr(colon + 1));
  if (!host || !guest || *guest == 0)
    return Error{Fault::Usage,
                 kBadCommandLine,
                 "'" + text + "' is no port",
                 {},
                 "write -p HOST:GUEST, for example -p 8080:" + std::to_string(function_port) +
                     "; 0 as the host's port takes any that is free"};
  return PortForward{.host = *host, .guest = *guest};
}

Result<void> forward_ports(const std::vector<std::string>& ports, const VmArguments& arguments,
                           const VmSpec& spec, StartOptions& options) {
  if (!ports.empty() && !spec.nics.empty() && spec.nics.front().of_the_host()) {
    const VmSpec::Nic& nic = spec.nics.front();
    const std::string network = nic.tap.empty() ? "bridge=" + nic.bridge : "tap=" + nic.tap;
    return Error{Fault::Usage,
                 kBadNetOption,
                 "'-p' forwards a port to a network of QEMU's own, and '" +
                     (arguments.network.empty() ? "" : "--net " + std::string()) + network +
                     "' is one of this host",
                 {},
                 std::string("leave out '-p': the guest is reached at its own address") +
                     (arguments.network.empty() ? "; or have QEMU's with '--net user'" : "")};
  }
  for (const std::string& text : ports) {
    FAASC_TRY(PortForward port, parse_port(text, spec.http_port));
    options.ports.push_back(port);
  }
  return {};
}

Result<StartOptions> start_options(Session& session, const VmArguments& arguments) {
  StartOptions options;
  if (arguments.vmm == "firecracker") options.vmm = VmmChoice::Firecracker;
  if (arguments.vmm == "cloud-hypervisor") options.vmm = VmmChoice::CloudHypervisor;
  if (arguments.accelerator == "kvm") options.boot.accelerator = AcceleratorChoice::Kvm;
  if (arguments.accelerator == "tcg") options.boot.accelerator = AcceleratorChoice::Tcg;
  if (arguments.machine == "microvm") options.boot.machine = MachineChoice::Microvm;
  if (arguments.machine == "q35") options.boot.machine = MachineChoice::Q35;
  if (arguments.machine == "virt") options.boot.machine = MachineChoice::Virt;
  if (arguments.boot == "direct") options.boot.boot = BootChoice::Kernel;
  if (arguments.boot == "disk") options.boot.boot = BootChoice::Disk;
  if (arguments.boot == "bios") options.boot.boot = BootChoice::Bios;
  if (arguments.boot == "uefi") options.boot.boot = BootChoice::Uefi;
  if (arguments.vcpus > 0) options.vcpus = arguments.vcpus;
  if (!arguments.memory.empty()) {
    options.memory_bytes = parse_quantity(arguments.memory);
    if (!options.memory_bytes || *options.memory_bytes == 0)
      return Error{Fault::Usage,
                   kBadCommandLine,
                   "'" + arguments.memory + "' is no size of memory",
                   {},
                   "write for example --memory 512MiB"};
  }
  options.cache = cache_directory(session.environment()).value_or("");
  options.on_note = [&session](const std::string& text) { session.console().say_verbose(text); };
  return options;
}

void say_if_emulated(Session& session, const VmArguments& arguments, const Machine& machine) {
  const BootPlan& plan = machine.plan();
  if (arguments.accelerator != "auto" || plan.accelerator != Accelerator::Tcg || plan.reasons.empty()) return;
  session.console().say(plan.reasons.front());
}

}  // namespace faasc
