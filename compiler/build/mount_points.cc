#include "compiler/build/mount_points.h"

#include "manifests/codes.h"
#include "packager/disk/linux_settings.h"

namespace faasc {
namespace {

constexpr std::size_t kTfsLabelBytes = 31, kExt4LabelBytes = 16;

class Checking {
 public:
  Checking(const Manifest& manifest, KernelFamily family, Rootfs& rootfs, Diagnostics& diagnostics)
      : manifest_(manifest), family_(family), rootfs_(rootfs), diagnostics_(diagnostics) {}

  void label(const Manifest::Mount& mount) {
    if (!mount.label.written()) return;
    bool nanos = family_ == KernelFamily::Nanos;
    const std::size_t most = nanos ? kTfsLabelBytes : kExt4LabelBytes;
    if (mount.label->size() <= most) return;
    refuse("the label '" + *mount.label + "' has " + std::to_string(mount.label->size()) + " bytes, and " +
               (nanos ? "TFS" : "ext4") + " has room for " + std::to_string(most),
           mount.label.place, "choose a shorter one, for the volume too");
  }

  void path(const Manifest::Mount& mount) {
    for (const char* own : {"/dev", "/proc", "/sys"})
      if (*mount.path == own || mount.path->starts_with(std::string(own) + "/"))
        return refuse("nothing can be mounted at '" + *mount.path + "', which belongs to the kernel",
                      mount.path.place, "choose a path outside of " + std::string(own));
    if (mount.path->find(':') != std::string::npos)
      return refuse("nothing can be mounted at '" + *mount.path + "': it has a ':'", mount.path.place,
                    "choose a path without one");
    directory(mount);
  }

 private:
  // Every part of the path: none may be a file, and links would lead somewhere else on each kernel.
  void directory(const Manifest::Mount& mount) {
    for (std::size_t end = 0; end != std::string::npos;) {
      end = mount.path->find('/', end + 1);
      const std::string upto = mount.path->substr(0, end);
      const RootfsNode* there = rootfs_.find(upto);
      if (there == nullptr || std::holds_alternative<Directory>(there->content)) continue;
      return refuse("nothing can be mounted at '" + *mount.path + "': '" + upto +
                        "' is in the image, and is not a directory",
                    mount.path.place, "choose another path; " + there->why);
    }
    if (!rootfs_.find(*mount.path)) (void)rootfs_.add(*mount.path, {Directory{}, 0755, "mount point"});
  }

  void refuse(std::string what, const SourcePlace& place, std::string hint) {
    diagnostics_.add(
        manifest_.finding(Severity::Error, kMountImpossible, std::move(what), place, std::move(hint)));
  }

  const Manifest& manifest_;
  KernelFamily family_;
  Rootfs& rootfs_;
  Diagnostics& diagnostics_;
};

}  // namespace

GuestSettings mounts_of(const Manifest& manifest, KernelFamily family) {
  GuestSettings settings;
  std::size_t shares = 0;
  for (const Manifest::Mount& mount : manifest.mounts) {
    bool share = mount.tag.written();
    settings.mounts.push_back({.kind = share ? GuestMount::Kind::Share : GuestMount::Kind::Volume,
                               .name = !share                          ? *mount.label
                                       : family == KernelFamily::Nanos ? std::to_string(shares++)
                                                                       : *mount.tag,
                               .path = *mount.path,
                               .read_only = *mount.readonly});
  }
  return settings;
}

Result<void> add_mount_points(const Manifest& manifest, KernelFamily family, Rootfs& rootfs,
                              Diagnostics& diagnostics) {
  if (manifest.mounts.empty()) return {};
  Checking checking(manifest, family, rootfs, diagnostics);
  for (const Manifest::Mount& mount : manifest.mounts) {
    checking.label(mount);
    checking.path(mount);
  }
  if (family == KernelFamily::Nanos) return {};
  FAASC_TRY(std::string settings, linux_settings(mounts_of(manifest, family)));
  return rootfs.add("/etc/faasc/settings", {InlineBytes{std::move(settings)}, 0644, "what init mounts"});
}

}  // namespace faasc
