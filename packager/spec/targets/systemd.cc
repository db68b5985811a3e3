#include "packager/spec/targets/renderers.h"

namespace faasc {
namespace {

// What QEMU may take beside the guest's memory.
constexpr std::uint64_t kQemuMiB = 192;

// A word of a command line in a unit file, systemd.service(5): specifiers and variables are written twice.
std::string unit_word(std::string_view word) {
  std::string out = "\"";
  for (char c : word) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
    if (c == '%' || c == '$') out += c;
  }
  return out + "\"";
}

}  // namespace

// A unit for `systemctl --user`, so that the kernel store is the user's. faasc itself is what it runs: it
// presses the power button where systemd sends SIGTERM, waits for the guest to drain, and exits with what the
// guest's end means.
Result<Rendering> render_systemd(const VmSpec& spec, const RenderOptions& options) {
  if (image_of(spec).empty())
    return target_cannot("systemd", "run '" + spec.name + "', which has no disk", "build the function again");
  const auto grace = std::chrono::ceil<std::chrono::seconds>(spec.grace_period).count();
  std::string mounts;
  for (const VmSpec::Disk& disk : spec.disks)
    if (!disk.volume.empty())
      mounts += " --volume " + unit_word(disk.path.string() + (disk.read_only ? ":ro" : ""));
  std::size_t index = 0;
  for (const VmSpec::Mount& mount : spec.mounts) {
    if (mount.kind != VmSpec::Mount::Kind::Share) continue;
    const std::string tag = share_tag(spec, index++, &mount);
    for (const VmSpec::Share& share : spec.shares)
      if (share.tag == tag)
        mounts += " --share " +
                  unit_word(share.directory.string() + ":" + mount.path + (share.read_only ? ":ro" : ""));
  }
  // In a network of the host's the guest has an address of its own.
  std::string port;
  if (spec.nics.empty() || !spec.nics.front().of_the_host())
    port = " --port " + std::to_string(options.host_port) + ":" + std::to_string(spec.http_port);
  Rendering rendering;
  rendering.text =
      "[Unit]\nDescription=" + spec.name +
      ", a function in a virtual machine\n\n[Service]\nType=exec\nExecStart=faasc run --quiet --accel " +
      std::string(name_of(options.accelerator)) + port + mounts + " " +
      unit_word(vm_spec_path(image_of(spec)).string()) +
      "\nRestart=on-failure\nKillMode=mixed\n"
      // The guest's own time, and some for QEMU to end in.
      "TimeoutStopSec=" +
      std::to_string(grace + 5) +
      "s\n"
      // How faasc says that it was asked to stop: 128 + SIGTERM.
      "SuccessExitStatus=143\nNoNewPrivileges=yes\nMemoryMax=" +
      std::to_string(mebibytes(spec.memory_bytes) + kQemuMiB) + "M\n\n[Install]\nWantedBy=default.target\n";
  return rendering;
}

}  // namespace faasc
