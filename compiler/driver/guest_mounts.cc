#include "compiler/driver/guest_mounts.h"

#include <algorithm>
#include <filesystem>

#include "launcher/codes.h"
#include "launcher/volume_lock.h"
#include "packager/image/codes.h"
#include "packager/image/volume.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

using Kind = VmSpec::Mount::Kind;

Error bad_option(std::string what, std::string hint) {
  return {Fault::Usage, kBadMountOption, std::move(what), {}, std::move(hint)};
}

Error conflict(std::string what, std::string hint) {
  return {Fault::Usage, kMountConflict, std::move(what), {}, std::move(hint)};
}

/// A path in the guest at which something can be mounted.
Result<void> check_guest_path(const std::string& option, const std::string& path) {
  const fs::path normal = fs::path(path).lexically_normal();
  const char* why = nullptr;
  if (normal == "/")
    why = "that is the root, which is the image itself";
  else if (normal != fs::path(path))
    why = "write it without '.', '..' and slashes that say nothing";
  else if (path.find(':') != std::string::npos)
    why = "it has a ':'";
  for (const char* own : {"/dev", "/proc", "/sys"})
    if (path == own || path.starts_with(std::string(own) + "/")) why = "it belongs to the kernel";
  if (why == nullptr) return {};
  return bad_option("'" + option + "' cannot be mounted at '" + path + "': " + why,
                    "name a directory of the guest, for example /data");
}

class Mounting {
 public:
  Mounting(VmSpec& spec, GuestSettings& settings, StartOptions& options)
      : spec_(spec), settings_(settings), options_(options), nanos_(spec.kernel_family == "nanos") {}

  Result<void> add_volume(const std::string& text) {
    const std::string option = "--volume " + text;
    MountOption parsed = parse_mount_option(text);
    if (parsed.host.empty() || (!parsed.guest.empty() && !parsed.guest.starts_with('/')))
      return bad_option("'" + option + "' names no volume",
                        "write --volume FILE:/PATH, or FILE:/PATH:ro for a guest that only reads it");
    std::error_code error;
    const fs::path path = fs::absolute(parsed.host, error);
    // Locked first: nobody changes what is read of it below.
    FAASC_TRY(std::shared_ptr<const Fd> lock, lock_unless_twice(path, option, parsed.read_only));
    FAASC_TRY(Volume volume, read_volume(path));
    FAASC_CHECK(check_family(path, volume));
    for (const VmSpec::Disk& disk : spec_.disks)
      if (disk.volume == volume.name())
        return conflict("'" + disk.path.string() + "' and '" + path.string() + "' are both labelled '" +
                            volume.name() + "'",
                        "the guest could not tell them apart: give one of them another label");
    const VmSpec::Mount* known = known_volume(volume.name());
    if (known == nullptr && parsed.guest.empty())
      return bad_option("'" + option +
                            "' does not say where the guest is to mount it, and the function mounts "
                            "no volume '" +
                            volume.name() + "' of itself",
                        "write --volume " + parsed.host + ":/PATH, or name it under 'mounts' in faas.yaml");
    if (known != nullptr && !parsed.guest.empty() && parsed.guest != known->path)
      return conflict("the function mounts the volume '" + volume.name() + "' at '" + known->path +
                          "', and '" + option + "' wants it at '" + parsed.guest + "'",
                      "leave out ':" + parsed.guest + "'");
    const bool read_only = parsed.read_only || (known != nullptr && known->read_only);
    if (known == nullptr) {
      FAASC_CHECK(check_guest_path(option, parsed.guest));
      FAASC_CHECK(check_free(option, parsed.guest));
    }
    // Linux' init sees by itself that a disk is only to be read.
    if (known == nullptr || (nanos_ && parsed.read_only && !known->read_only))
      settings_.mounts.push_back({.kind = GuestMount::Kind::Volume,
                                  .name = volume.name(),
                                  .path = known != nullptr ? known->path : parsed.guest,
                                  .read_only = read_only});
    spec_.disks.push_back({.path = path, .format = "raw", .read_only = read_only, .volume = volume.name()});
    options_.inherited.push_back(std::move(lock));
    return {};
  }

  Result<void> add_share(const std::string& text) {
    const std::string option = "--share " + text;
    MountOption parsed = parse_mount_option(text);
    if (parsed.host.empty() || parsed.guest.empty())
      return bad_option(
          "'" + option + "' shares no directory",
          "write --share DIRECTORY:/PATH, or DIRECTORY:/PATH:ro for a guest that only reads it");
    std::error_code error;
    const fs::path directory = fs::canonical(parsed.host, error);
    if (error || !fs::is_directory(directory, error))
      return Error{
          Fault::Input,
          kShareRefused,
          "'" + parsed.host + "' cannot be shared: " + (error ? error.message() : "it is not a directory"),
          {},
          "name a directory that is there"};
    std::size_t index = 0, found = 0;
    const VmSpec::Mount* known = nullptr;
    for (const VmSpec::Mount& mount : spec_.mounts) {
      if (mount.kind != Kind::Share) continue;
      if (mount.path == parsed.guest || mount.name == parsed.guest) known = &mount, found = index;
      ++index;
    }
    if (known == nullptr) {
      if (!parsed.guest.starts_with('/'))
        return bad_option("'" + option + "' names a tag that the function does not mount",
                          "write --share DIRECTORY:/PATH, or name the tag under 'mounts' in faas.yaml");
      FAASC_CHECK(check_guest_path(option, parsed.guest));
      FAASC_CHECK(check_free(option, parsed.guest));
      found = index + extra_shares_++;
    }
    const std::string tag = share_tag(spec_, found, known);
    for (const VmSpec::Share& share : spec_.shares)
      if (share.tag == tag)
        return conflict("'" + share.directory.string() + "' and '" + directory.string() +
                            "' are both to be at '" + known->path + "'",
                        "name one of them");
    const bool read_only = parsed.read_only || (known != nullptr && known->read_only);
    if (known == nullptr || (parsed.read_only && !known->read_only))
      settings_.mounts.push_back({.kind = GuestMount::Kind::Share,
                                  .name = tag,
                                  .path = known != nullptr ? known->path : parsed.guest,
                                  .read_only = read_only});
    spec_.shares.push_back({.directory = directory, .tag = tag, .read_only = read_only});
    return {};
  }

 private:
  // Two locks of one process on one file are in each other's way, too.
  Result<std::shared_ptr<const Fd>> lock_unless_twice(const fs::path& path, const std::string& option,
                                                      bool read_only) const {
    std::error_code error;
    for (const VmSpec::Disk& disk : spec_.disks)
      if (!disk.volume.empty() && fs::equivalent(disk.path, path, error))
        return conflict("'" + option + "' gives the guest a volume that it has already",
                        "name each volume once");
    return lock_volume(path, read_only);
  }

  Result<void> check_family(const fs::path& path, const Volume& volume) const {
    if ((volume.family == KernelFamily::Nanos) == nanos_) return {};
    return Error{
        Fault::Input,
        kVolumeUnusable,
        "the volume '" + path.string() + "' holds " + (nanos_ ? "an ext4" : "a TFS") + ", and '" +
            spec_.name + "' is for " + (nanos_ ? "Nanos, which mounts TFS" : "Linux, which mounts ext4"),
        {},
        std::string("'faasc volume create --filesystem ") + (nanos_ ? "tfs" : "ext4") + "' makes such a one"};
  }

  const VmSpec::Mount* known_volume(const std::string& name) const {
    for (const VmSpec::Mount& mount : spec_.mounts)
      if (mount.kind == Kind::Volume && mount.name == name) return &mount;
    return nullptr;
  }

  Result<void> check_free(const std::string& option, const std::string& path) const {
    bool taken = std::any_of(settings_.mounts.begin(), settings_.mounts.end(),
                             [&](const GuestMount& mount) { return mount.path == path; }) ||
                 std::any_of(spec_.mounts.begin(), spec_.mounts.end(),
                             [&](const VmSpec::Mount& mount) { return mount.path == path; });
    if (!taken) return {};
    return conflict("'" + option + "' is in the way of another mount at '" + path + "'",
                    "give each a path of its own");
  }

  VmSpec& spec_;
  GuestSettings& settings_;
  StartOptions& options_;
  const bool nanos_;
  std::size_t extra_shares_ = 0;
};

}  // namespace

MountOption parse_mount_option(std::string_view text) {
  MountOption option;
  for (std::string_view access : {":ro", ":rw"}) {
    if (!text.ends_with(access)) continue;
    option.read_only = access == ":ro";
    text.remove_suffix(access.size());
    break;
  }
  std::size_t colon = text.rfind(':');
  option.host = text.substr(0, colon);
  if (colon != std::string_view::npos) option.guest = text.substr(colon + 1);
  while (option.guest.size() > 1 && option.guest.ends_with('/')) option.guest.pop_back();
  return option;
}

Result<void> add_mounts(const std::vector<std::string>& volumes, const std::vector<std::string>& shares,
                        VmSpec& spec, GuestSettings& settings, StartOptions& options) {
  Mounting mounting(spec, settings, options);
  for (const std::string& volume : volumes) FAASC_CHECK(mounting.add_volume(volume));
  for (const std::string& share : shares) FAASC_CHECK(mounting.add_share(share));
  return {};
}

std::vector<VmSpec::Mount> unmet_mounts(const VmSpec& spec) {
  std::vector<VmSpec::Mount> unmet;
  std::size_t index = 0;
  for (const VmSpec::Mount& mount : spec.mounts) {
    bool met = false;
    if (mount.kind == Kind::Volume) {
      met = std::any_of(spec.disks.begin(), spec.disks.end(),
                        [&](const VmSpec::Disk& disk) { return disk.volume == mount.name; });
    } else {
      const std::string tag = share_tag(spec, index++, &mount);
      met = std::any_of(spec.shares.begin(), spec.shares.end(),
                        [&](const VmSpec::Share& share) { return share.tag == tag; });
    }
    if (!met) unmet.push_back(mount);
  }
  return unmet;
}

Result<void> check_mounts_met(const VmSpec& spec) {
  std::vector<VmSpec::Mount> unmet = unmet_mounts(spec);
  if (unmet.empty()) return {};
  const VmSpec::Mount* mount = &unmet.front();
  bool volume = mount->kind == Kind::Volume;
  return Error{
      Fault::Usage,
      kMountUnmet,
      "'" + spec.name + "' mounts the " + (volume ? "volume '" : "share '") + mount->name + "' at '" +
          mount->path + "', and was given none",
      {},
      volume ? "give it one with that label: --volume FILE; 'faasc volume create FILE --size 64MiB --label " +
                   mount->name + "' makes one"
             : "give it a directory: --share DIRECTORY:" + mount->path};
}

}  // namespace faasc
