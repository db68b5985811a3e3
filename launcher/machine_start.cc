#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>

#include <sys/socket.h>

#include <unistd.h>

#include "launcher/codes.h"
#include "launcher/host_network.h"
#include "launcher/kernel_digest.h"
#include "launcher/known_kvm.h"
#include "launcher/machine_state.h"
#include "launcher/qemu_refusal.h"
#include "launcher/share_server.h"
#include "launcher/time_stamp_counter.h"
#include "launcher/uefi_firmware.h"
#include "launcher/usernet.h"
#include "launcher/vmm_process.h"

// How a machine is started: what is decided before, and QEMU until it has built the machine.

namespace faasc {
namespace {

constexpr auto kGreetTimeout = std::chrono::seconds(60);

std::string utc_text(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  char text[64];
  const bool written = ::gmtime_r(&seconds, &parts) != nullptr &&
                       std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts) != 0;
  return written ? text : "an unknown time";
}

}  // namespace

Result<void> Machine::State::prepare() {
  if (spec.architecture != host_architecture()) {
    options.kvm = KvmVerdict{
        false,
        "the guest is for " + spec.architecture + ", and this host is " + std::string(host_architecture()),
        {}};
  } else if (options.boot.accelerator != AcceleratorChoice::Tcg && !options.kvm) {
    learn_kvm();
  }
  FAASC_CHECK(decide());

  if (options.qemu.empty()) options.qemu = qemu_program(spec);
  if (!find_program(options.qemu))
    return Error{Fault::Host,
                 kNoQemu,
                 "QEMU is not installed: there is no '" + options.qemu + "' in PATH",
                 {},
                 spec.architecture == "aarch64" ? "sudo apt install qemu-system-arm"
                                                : "sudo apt install qemu-system-x86"};
  if (plan.boot == BootFrom::Kernel) FAASC_CHECK(check_kernel_digest(*spec.direct_boot));
  if (plan.boot == BootFrom::Kernel && !spec.direct_boot->initrd.empty() &&
      ::access(spec.direct_boot->initrd.c_str(), R_OK) != 0)
    return io_error("open", spec.direct_boot->initrd, errno);
  for (const VmSpec::Disk& disk : spec.disks)
    if (::access(disk.path.c_str(), R_OK) != 0) return io_error("open", disk.path, errno);
  return {};
}

void Machine::State::learn_kvm() {
  KnownKvm known = known_kvm(options.cache);
  if (known.measured_at)
    note("how fast KVM is was measured at " + utc_text(*known.measured_at) +
         "; 'faasc doctor' measures anew");
  if (!known.not_kept.empty())
    note("how fast KVM is will be measured again by the next start: " + known.not_kept);
  options.kvm = std::move(known.verdict);
}

Result<void> Machine::State::decide() {
  BootFacts facts;
  facts.kernel_is_there = spec.direct_boot && ::access(spec.direct_boot->kernel.c_str(), R_OK) == 0;
  facts.memory_bytes = options.memory_bytes.value_or(spec.memory_bytes);
  facts.kvm = options.kvm.value_or(KvmVerdict{});
  if (!spec.disks.empty() && spec.disks.front().uefi_bootable)
    facts.uefi_firmware = find_uefi_firmware(spec.architecture);
  FAASC_TRY(plan, plan_boot(spec, options.boot, facts));
  for (const std::string& reason : plan.reasons) note(reason);
  return {};
}

QemuOptions Machine::State::qemu_options() {
  QemuOptions qemu;
  qemu.program = options.qemu;
  qemu.machine = plan.machine;
  qemu.accelerator = plan.accelerator;
  qemu.boot = plan.boot;
  qemu.uefi_firmware = plan.uefi_firmware;
  qemu.memory_bytes = options.memory_bytes;
  qemu.vcpus = options.vcpus;
  qemu.disk_writes = options.disk_writes;
  qemu.sandbox = sandbox;
  if (!spec.nics.empty() && !on_host_network()) {
    qemu.ports = options.ports;
    bool reaches_function = std::any_of(qemu.ports.begin(), qemu.ports.end(), [&](const PortForward& port) {
      return port.guest == spec.http_port;
    });
    if (!reaches_function) qemu.ports.push_back({0, spec.http_port});
  }
  if (spec.kernel_family == "linux" && qemu.machine == MachineType::Microvm &&
      qemu.accelerator == Accelerator::Tcg)
    qemu.tsc_khz = known_tsc_khz(options.cache);
  return qemu;
}

Result<void> Machine::State::launch() {
  end_by_force();  // of an attempt before
  attached.clear();
  share_servers.clear();
  QemuOptions qemu = qemu_options();
  ports = qemu.ports;
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return io_error("create", "socket pair", errno);
  Fd ours(ends[0]), theirs(ends[1]);
  qemu.qmp_fd = theirs.get();
  std::vector<int> inherited{theirs.get()};
  for (const auto& file : options.inherited) inherited.push_back(file->get());
  FAASC_CHECK(open_taps(qemu, inherited));
  FAASC_CHECK(start_share_servers(qemu, inherited));
  std::vector<std::string> argv = qemu_command(spec, qemu);
  argv.insert(argv.end(), options.qemu_arguments.begin(), options.qemu_arguments.end());
  note(to_shell(argv));

  FAASC_TRY(Child child, spawn_vmm(argv, std::move(inherited)));
  theirs.reset();
  auto qemu_vmm = std::make_unique<QemuVmm>(std::move(child), std::move(ours));
  Monitor& monitor = qemu_vmm->monitor();
  vmm = std::move(qemu_vmm);
  start_reader();
  auto greeted = monitor.greet(kGreetTimeout);
  if (!greeted) {
    // It has most likely ended, and its errors say more than the closed connection does.
    if (!wait_for_end(std::chrono::seconds(1))) {
      end_by_force();
      return std::move(greeted).error();
    }
    ExitStatus status = vmm->child().wait();
    end_by_force();
    std::lock_guard lock(mutex);
    return explain_refusal(vmm_errors, status, spec.http_port);
  }
  {
    std::lock_guard lock(mutex);
    phases.vmm_ready = elapsed();
  }
  return learn_ports(monitor);
}

Result<void> Machine::State::open_taps(QemuOptions& qemu, std::vector<int>& inherited) {
  for (const VmSpec::Nic& nic : spec.nics) {
    qemu.tap_fds.push_back(-1);
    if (!nic.of_the_host()) continue;
    FAASC_TRY(Fd tap, open_tap(nic.tap, nic.bridge));
    qemu.tap_fds.back() = tap.get();
    inherited.push_back(tap.get());
    attached.push_back(std::move(tap));
  }
  return {};
}

// Linux has its shares by virtio-fs: distributions' cloud kernels lack 9p.
Result<void> Machine::State::start_share_servers(QemuOptions& qemu, std::vector<int>& inherited) {
  if (spec.kernel_family != "linux") return {};
  for (const VmSpec::Share& share : spec.shares) {
    FAASC_TRY(ShareServer server, start_share_server(share.directory, share.read_only));
    note(server.command);
    qemu.virtiofs_fds.push_back(server.connection.get());
    inherited.push_back(server.connection.get());
    attached.push_back(std::move(server.connection));
    share_servers.push_back(std::move(server.process));
  }
  return {};
}

void Machine::State::start_reader() {
  phases = {.vmm = phases.vmm, .called = phases.called, .decided = phases.decided};
  phases.spawned = elapsed();
  vmm_errors.clear();
  exit.reset();
  // The reader takes no signals: they are for the thread that waits.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  reader = std::thread([this] { read_streams(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Result<void> Machine::State::learn_ports(Monitor& monitor) {
  if (std::none_of(ports.begin(), ports.end(), [](const PortForward& port) { return port.host == 0; }))
    return {};
  auto usernet = monitor.ask("info usernet");
  if (!usernet) return has_ended() ? error_of_end("starting the guest") : std::move(usernet).error();
  for (PortForward& port : ports) {
    if (port.host != 0) continue;
    auto host = forwarded_port(*usernet, port.guest);
    if (!host)
      return Error{Fault::Host,
                   kMonitorFailed,
                   "QEMU does not tell which port leads to port " + std::to_string(port.guest),
                   {},
                   "name one with -p, as in '-p 18080:" + std::to_string(port.guest) + "'"};
    port.host = *host;
  }
  return {};
}

Result<Machine> Machine::start(const VmSpec& spec, const StartOptions& options) {
  auto state = std::make_unique<State>(spec, options);
  if (options.began) state->phases.called = state->elapsed();
  if (options.process) {
    FAASC_CHECK(state->launch_process());
    return Machine(std::move(state));
  }
  if (options.vmm != VmmChoice::Qemu) {
    FAASC_CHECK(state->launch_api_vmm());
    return Machine(std::move(state));
  }
  FAASC_CHECK(state->prepare());
  state->phases.decided = state->elapsed();
  auto launched = state->launch();
  if (!launched && lacks_sandbox(state->vmm_errors)) {
    state->note("this QEMU has no sandbox; starting it without");
    state->sandbox = QemuOptions::Sandbox::Off;
    launched = state->launch();
  }
  // The probe has seen a virtual CPU run; QEMU may still want something of KVM that is not there.
  if (!launched && state->plan.accelerator == Accelerator::Kvm &&
      options.boot.accelerator == AcceleratorChoice::Auto && launched.error().code != kPortInUse) {
    state->options.kvm = KvmVerdict{false, launched.error().what, {}};
    FAASC_CHECK(state->decide());
    launched = state->launch();
  }
  if (!launched) return std::move(launched).error();
  return Machine(std::move(state));
}

}  // namespace faasc
