#include "compiler/driver/guest_changes.h"

#include "compiler/driver/core_dump.h"
#include "compiler/driver/guest_environment_options.h"
#include "compiler/driver/guest_process.h"
#include "launcher/codes.h"
#include "packager/disk/guest_settings.h"
#include "packager/disk/linux_settings.h"
#include "packager/disk/nanos_settings.h"
#include "packager/image/image_overlay.h"

namespace faasc {
namespace {

/// The path by which a VMM that inherits `file` opens it.
std::string inherit(Fd file, StartOptions& options) {
  options.inherited.push_back(std::make_shared<const Fd>(std::move(file)));
  return "/proc/self/fd/" + std::to_string(options.inherited.back()->get());
}

Result<void> change_nanos(const GuestSettings& settings, bool fixed_addresses, VmSpec& spec,
                          StartOptions& options) {
  VmSpec::Disk& disk = spec.disks.front();
  FAASC_TRY(OpenedImage image, open_image(disk.path));
  TfsTuple changes = nanos_settings(settings);
  if (fixed_addresses) changes.emplace("noaslr", "t");
  FAASC_TRY(Fd overlay, write_overlay(image, changes, settings.core_dump_bytes));
  disk.path = inherit(std::move(overlay), options);
  disk.format = name_of(DiskFormat::Qcow2);
  if (settings.core_dump_bytes > 0) {
    disk.read_only = false;
    options.disk_writes = QemuOptions::DiskWrites::Keep;
  }
  return {};
}

Result<void> change_linux(const GuestSettings& settings, VmSpec& spec, StartOptions& options) {
  if (!spec.settings_disk)
    return Error{Fault::Input,
                 kNoSettingsDisk,
                 "the init in '" + spec.disks.front().path.string() +
                     "' is from an earlier faasc, which tells guests nothing but what is in their image",
                 {},
                 "build the image again"};
  FAASC_TRY(std::string bytes, linux_settings_disk(settings));
  FAASC_TRY(Fd file, file_in_memory(bytes, "settings of " + spec.name));
  spec.disks.push_back({.path = inherit(std::move(file), options), .format = "raw", .read_only = true});
  return {};
}

}  // namespace

Result<void> change_guest(Session& session, const VmArguments& arguments, VmSpec& spec,
                          StartOptions& options) {
  GuestSettings settings;
  FAASC_TRY(settings.environment,
            guest_environment_of(arguments.environment, spec.kind, session.environment()));
  if (!arguments.core.empty()) {
    FAASC_CHECK(can_dump_core(spec, arguments.vmm));
    settings.core_dump_bytes = options.memory_bytes.value_or(spec.memory_bytes);
  }
  if (arguments.vmm == "process") return run_as_process(session, arguments, settings, spec, options);
  if (arguments.fixed_addresses && spec.direct_boot && spec.kernel_family == "linux")
    spec.direct_boot->command_line += " norandmaps nokaslr";
  bool nanos = spec.kernel_family == "nanos";
  if ((settings.empty() && !(nanos && arguments.fixed_addresses)) || spec.disks.empty()) return {};
  Result<void> changed = nanos ? change_nanos(settings, arguments.fixed_addresses, spec, options)
                               : change_linux(settings, spec, options);
  return std::move(changed).during("preparing the machine of '" + spec.name + "'");
}

}  // namespace faasc
