#include "compiler/driver/guest_changes.h"

#include "compiler/driver/core_dump.h"
#include "compiler/driver/crash_places.h"
#include "compiler/driver/guest_environment_options.h"
#include "compiler/driver/guest_mounts.h"
#include "compiler/driver/guest_network.h"
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

/// On Linux: a file system that init makes.
bool lies_in_memory(std::string_view path) {
  return path.starts_with("/tmp/") || path.starts_with("/run/") || path.starts_with("/dev/shm/");
}

/// Where the directory `path` has to be made, links followed; nothing where there is one.
Result<std::optional<std::string>> missing_directory(const OpenedImage& image, const std::string& path) {
  std::string at;
  for (std::size_t end = 0; end != std::string::npos;) {
    end = path.find('/', end + 1);
    const std::string upto = path.substr(0, end);
    auto entry = find_in_image(image.root(), upto, LastLink::Follow);
    if (!entry) return std::optional(at + path.substr(upto.rfind('/')));
    if (*entry && (*entry)->kind != StoredEntry::Kind::Directory)
      return Error{
          Fault::Usage,
          kNoMountPoint,
          "'" + upto + "' in the image is not a directory, and nothing can be mounted at '" + path + "'",
          {},
          "choose another path; 'faasc image tree' draws what is there"};
    at = *entry ? (*entry)->path : "";
  }
  return std::optional<std::string>();
}

Result<void> change_nanos(const GuestSettings& settings, bool fixed_addresses, VmSpec& spec,
                          StartOptions& options) {
  VmSpec::Disk& disk = spec.disks.front();
  FAASC_TRY(OpenedImage image, open_image(disk.path));
  TfsTuple changes = nanos_settings(settings);
  for (const GuestMount& mount : settings.mounts) {
    FAASC_TRY(std::optional<std::string> missing, missing_directory(image, mount.path));
    if (missing) add_directory(changes, *missing);
  }
  if (fixed_addresses) changes.emplace("noaslr", "t");
  if (options.vmm != VmmChoice::Qemu) {
    // Of another format it is refused when it is started.
    if (image.format != DiskFormat::Raw) return {};
    FAASC_TRY(Fd copy, write_copy(image, changes));
    disk.path = inherit(std::move(copy), options);
    disk.read_only = false;
    return {};
  }
  FAASC_TRY(Fd overlay, write_overlay(image, changes, settings.core_dump_bytes));
  disk.path = inherit(std::move(overlay), options);
  disk.format = name_of(DiskFormat::Qcow2);
  if (settings.core_dump_bytes > 0) {
    disk.read_only = false;
    options.disk_writes = QemuOptions::DiskWrites::Keep;
  }
  return {};
}

/// Init loads what shares need from the initramfs, which has it from the kernel's packages.
Result<void> check_linux_shares(const VmSpec& spec) {
  if (spec.shares.empty() || !spec.direct_boot || spec.direct_boot->initrd.empty()) return {};
  constexpr std::uint64_t kMostBytes = std::uint64_t{512} << 20;
  FAASC_TRY(std::string initrd, read_file(spec.direct_boot->initrd, kMostBytes));
  // A kernel without modules may have all of it built in.
  if (initrd.find("mod/order") == std::string::npos || initrd.find("mod/shares") != std::string::npos)
    return {};
  return Error{
      Fault::Input,
      kShareRefused,
      "the Linux kernel of '" + spec.name + "' was stored without what shared directories need (virtiofs)",
      {},
      "get it again with 'faasc kernel pull linux' or 'faasc kernel add', and build the image again"};
}

Result<void> change_linux(const GuestSettings& settings, VmSpec& spec, StartOptions& options) {
  if (!spec.settings_disk)
    return Error{Fault::Input,
                 kNoSettingsDisk,
                 "the init in '" + image_of(spec).string() +
                     "' is from an earlier faasc, which tells guests nothing but what is in their image",
                 {},
                 "build the image again"};
  FAASC_CHECK(check_linux_shares(spec));
  if (!settings.mounts.empty()) {
    FAASC_TRY(OpenedImage image, open_image(image_of(spec)));
    for (const GuestMount& mount : settings.mounts) {
      if (lies_in_memory(mount.path)) continue;
      FAASC_TRY(std::optional<std::string> missing, missing_directory(image, mount.path));
      // Init makes it where it can: the root of a function without storage has no room for anything.
      if (missing && root_is_read_only(spec))
        return Error{Fault::Usage,
                     kNoMountPoint,
                     "the image of '" + spec.name + "' has no directory '" + mount.path +
                         "', and for Linux none can be made in it",
                     {},
                     "mount it below /run or /tmp, or write it under 'mounts' in faas.yaml and build again"};
    }
  }
  FAASC_TRY(std::string bytes, linux_settings_disk(settings, linux_network_words(settings.network)));
  FAASC_TRY(Fd file, file_in_memory(bytes, "settings of " + spec.name));
  spec.disks.push_back({.path = inherit(std::move(file), options), .format = "raw", .read_only = true});
  return {};
}

Result<void> change_guest(Session& session, const VmArguments& arguments, VmSpec& spec,
                          StartOptions& options) {
  GuestSettings settings;
  FAASC_TRY(settings.environment,
            guest_environment_of(arguments.environment, spec.kind, session.environment()));
  if (!arguments.core.empty()) {
    FAASC_CHECK(can_dump_core(spec, arguments.vmm));
    settings.core_dump_bytes = options.memory_bytes.value_or(spec.memory_bytes);
  }
  FAASC_CHECK(add_mounts(arguments.volumes, arguments.shares, spec, settings, options));
  // A process has no card: ports of the host lead to it, whatever the manifest connects a machine to.
  if (arguments.vmm == "process")
    for (VmSpec::Nic& nic : spec.nics) nic.tap = nic.bridge = {};
  FAASC_CHECK(change_network(arguments, spec, settings));
  if (arguments.vmm == "process") return run_as_process(session, arguments, settings, spec, options);
  if (arguments.fixed_addresses && spec.direct_boot && spec.kernel_family == "linux")
    spec.direct_boot->command_line += " norandmaps nokaslr";
  FAASC_CHECK(check_mounts_met(spec));
  bool nanos = spec.kernel_family == "nanos";
  // Nanos writes to a share when it is told to.
  if (nanos && !spec.shares.empty()) settings.environment["FAASC_SYNC_WRITES"] = "1";
  if (!nanos && settings.empty()) FAASC_CHECK(check_linux_shares(spec));
  if ((settings.empty() && !(nanos && arguments.fixed_addresses)) || image_of(spec).empty()) return {};
  Result<void> changed = nanos ? change_nanos(settings, arguments.fixed_addresses, spec, options)
                               : change_linux(settings, spec, options);
  return std::move(changed).during("preparing the machine of '" + spec.name + "'");
}

}  // namespace

Result<StartOptions> prepare_guest(Session& session, const VmArguments& arguments, VmSpec& spec) {
  FAASC_TRY(StartOptions options, start_options(session, arguments));
  options.crash_places = crash_places_of(spec);
  FAASC_CHECK(change_guest(session, arguments, spec, options));
  return options;
}

}  // namespace faasc
