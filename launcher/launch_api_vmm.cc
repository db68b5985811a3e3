#include <cerrno>
#include <cstdlib>

#include <unistd.h>

#include "base/memory_copy.h"
#include "launcher/api_vmm.h"
#include "launcher/codes.h"
#include "launcher/host_network.h"
#include "launcher/kernel_digest.h"
#include "launcher/machine_state.h"
#include "launcher/terminal_text.h"
#include "launcher/vmm_process.h"
#include "packager/spec/targets/target.h"

// How a machine is started that another VMM than QEMU runs.

namespace faasc {
namespace {

namespace fs = std::filesystem;

Error cannot(const ApiDialect& dialect, const std::string& what, std::string hint) {
  return {Fault::Usage, kVmmCannot, std::string(dialect.name) + " " + what, {}, std::move(hint)};
}

Result<void> check_choices(const ApiDialect& dialect, const VmSpec& spec, const StartOptions& options) {
  const std::string leave_out = "leave out '--vmm " + std::string(dialect.program) + "', for QEMU";
  if (options.boot.accelerator == AcceleratorChoice::Tcg)
    return cannot(dialect, "emulates no processor, as '--accel tcg' asks for", leave_out);
  if (options.boot.machine != MachineChoice::Auto)
    return cannot(dialect, "has one kind of machine, and '--machine' asks for one of QEMU's",
                  "leave out '--machine'");
  if (options.boot.boot != BootChoice::Auto && options.boot.boot != BootChoice::Kernel)
    return cannot(dialect, "boots no disk by itself, as '--boot' asks for", "leave out '--boot'");
  if (!spec.nics.empty() && spec.nics.front().tap.empty())
    return cannot(dialect,
                  spec.nics.front().bridge.empty()
                      ? "has no network of its own, and no ports of the host that lead into one"
                      : "connects machines to tap devices, and not to a bridge",
                  "connect the guest to a tap device: '--net tap=NAME'");
  return {};
}

/// These VMMs need KVM, and are not asked to crawl unless the user insists.
Result<void> check_kvm(const ApiDialect& dialect, const KvmVerdict& kvm, bool insisted) {
  if (kvm.usable || (kvm.runs && insisted)) return {};
  return Error{
      Fault::Host,
      kVmmNeedsKvm,
      std::string(dialect.name) + " runs machines by KVM only, and KVM cannot be used here: " + kvm.why,
      {},
      kvm.runs ? "leave out '--vmm " + std::string(dialect.program) +
                     "': QEMU emulates faster than that; '--accel kvm' insists"
      : kvm.hint.empty() ? "leave out '--vmm " + std::string(dialect.program) + "': QEMU emulates"
                         : kvm.hint};
}

/// What the guest would write to, and is to stay as it is, becomes a copy of this machine's own.
Result<void> keep_images(VmSpec& spec, QemuOptions::DiskWrites writes, std::vector<Fd>& copies,
                         std::vector<int>& inherited) {
  for (VmSpec::Disk& disk : spec.disks) {
    if (::access(disk.path.c_str(), R_OK) != 0) return io_error("open", disk.path, errno);
    // Nanos writes to its disk whatever the disk is called.
    const bool written = !disk.read_only || spec.kernel_family == "nanos";
    const bool lasts = !disk.volume.empty() || writes == QemuOptions::DiskWrites::Keep;
    if (!written || lasts || disk.path.native().starts_with("/proc/self/fd/")) continue;
    FAASC_TRY(Fd copy, copy_in_memory(disk.path));
    disk.path = "/proc/self/fd/" + std::to_string(copy.get());
    disk.read_only = false;
    inherited.push_back(copy.get());
    copies.push_back(std::move(copy));
  }
  return {};
}

std::string last_line_of(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return std::string(text.substr(text.rfind('\n') + 1));
}

}  // namespace

Result<void> Machine::State::launch_api_vmm() {
  const ApiDialect& dialect = dialect_of(options.vmm);
  FAASC_CHECK(check_choices(dialect, spec, options));
  if (spec.architecture != host_architecture())
    return cannot(dialect, "emulates no processor, and the guest is for " + spec.architecture,
                  "leave out '--vmm " + std::string(dialect.program) + "', for QEMU");
  auto program = find_program(dialect.program);
  if (!program)
    return Error{Fault::Host,
                 kNoVmm,
                 std::string(dialect.name) + " is not installed: there is no '" +
                     std::string(dialect.program) + "' in PATH",
                 {},
                 "put the program of its release into PATH, or leave out '--vmm " +
                     std::string(dialect.program) + "', for QEMU"};
  if (!options.kvm) learn_kvm();
  FAASC_CHECK(check_kvm(dialect, *options.kvm, options.boot.accelerator == AcceleratorChoice::Kvm));
  crawls = !options.kvm->usable;
  note("kvm: " + options.kvm->why);

  plan = {.accelerator = Accelerator::Kvm, .boot = BootFrom::Kernel};
  VmSpec machine = spec;
  machine.memory_bytes = options.memory_bytes.value_or(spec.memory_bytes);
  machine.vcpus = options.vcpus.value_or(spec.vcpus);
  FAASC_TRY(Rendering rendered, find_target(dialect.program)->render(machine, {}));
  if (::access(spec.direct_boot->kernel.c_str(), R_OK) != 0)
    return Error{Fault::Missing,
                 kKernelMissing,
                 "the kernel is not there: '" + spec.direct_boot->kernel.string() + "', and " +
                     std::string(dialect.name) + " boots no disk by itself",
                 {},
                 "faasc kernel pull " + spec.kernel_family + "@" + spec.direct_boot->kernel_version};
  FAASC_CHECK(check_kernel_digest(*spec.direct_boot));
  for (const VmSpec::Nic& nic : spec.nics) FAASC_CHECK(check_network_device(nic.tap, nic.bridge));
  std::vector<int> inherited;
  for (const auto& file : options.inherited) inherited.push_back(file->get());
  attached.clear();
  FAASC_CHECK(keep_images(machine, options.disk_writes, attached, inherited));
  FAASC_TRY(rendered, find_target(dialect.program)->render(machine, {}));
  for (const std::string& loss : rendered.losses) note("without " + loss);

  phases.vmm = dialect.name;
  phases.decided = elapsed();
  // The socket's file is there until its one connection stands: then nothing is left, however this ends.
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  std::error_code error;
  fs::path parent = runtime && *runtime ? fs::path(runtime) : fs::temp_directory_path(error);
  FAASC_TRY(TemporaryDirectory directory, TemporaryDirectory::create(parent, "faasc-vmm"));
  const fs::path socket = directory.path() / "api";
  std::vector<std::string> argv = dialect.command(*program, socket);
  note(to_shell(argv));
  note(rendered.text);
  FAASC_TRY(Child child, spawn_vmm(argv, std::move(inherited)));
  auto api_vmm = std::make_unique<ApiVmm>(dialect, std::move(child));
  ApiVmm& started = *api_vmm;
  vmm = std::move(api_vmm);
  start_reader();
  auto stands = started.start(socket, rendered.text);
  if (!stands) {
    // What it says itself says more than that the conversation ended.
    const bool by_itself = wait_for_end(std::chrono::milliseconds(500));
    end_by_force();
    Error failure = std::move(stands).error();
    std::lock_guard lock(mutex);
    if (by_itself && failure.code == kVmmSilent && !vmm_errors.empty())
      failure.what += "; its last words are '" + terminal_text(last_line_of(vmm_errors)) + "'";
    return failure;
  }
  std::lock_guard lock(mutex);
  phases.vmm_ready = elapsed();
  return {};
}

}  // namespace faasc
