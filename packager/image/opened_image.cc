#include "packager/image/opened_image.h"

#include <algorithm>

#include "base/diagnostics.h"
#include "packager/cpio/cpio_reader.h"
#include "packager/disk/disk_family.h"
#include "packager/disk/formats/convert.h"
#include "packager/disk/linux_disk_reader.h"
#include "packager/disk/nanos_disk_reader.h"
#include "packager/erofs/erofs_reader.h"
#include "packager/ext4/ext4_reader.h"
#include "packager/image/codes.h"

namespace faasc {
namespace {

constexpr int kMaxLinks = 40;  // as Linux has it

ImageRegion region_named(const std::vector<ImageRegion>& regions, std::string_view name) {
  for (const ImageRegion& region : regions)
    if (region.name == name) return region;
  return {};
}

void add_esp(OpenedImage& image, std::optional<FatReader>& esp) {
  if (esp)
    image.parts.push_back(
        {"esp", region_named(image.regions, "esp"), std::make_shared<FatReader>(std::move(*esp))});
}

Result<void> open_nanos(OpenedImage& image) {
  FAASC_TRY(NanosDisk disk, open_nanos_disk(image.disk));
  image.family = KernelFamily::Nanos;
  image.has_partitions = disk.has_partitions;
  image.bios_bootable = disk.bios_bootable;
  image.uefi_bootable = disk.uefi_bootable;
  image.regions = disk.regions;
  image.attributes = disk.rootfs->attributes();
  image.parts.push_back({"root", region_named(image.regions, disk.has_partitions ? "rootfs" : "volume"),
                         std::make_shared<TfsReader>(std::move(*disk.rootfs))});
  if (disk.bootfs)
    image.parts.push_back({"boot", region_named(image.regions, "bootfs"),
                           std::make_shared<TfsReader>(std::move(*disk.bootfs))});
  add_esp(image, disk.esp);
  return {};
}

template <typename Reader>
Result<std::shared_ptr<const StoredTree>> open_tree(std::shared_ptr<const ByteSource> source) {
  FAASC_TRY(Reader reader, Reader::open(std::move(source)));
  return std::shared_ptr<const StoredTree>(std::make_shared<Reader>(std::move(reader)));
}

Result<std::shared_ptr<const StoredTree>> open_root(LinuxRoot root,
                                                    std::shared_ptr<const ByteSource> source) {
  switch (root) {
    case LinuxRoot::Ext4:
      break;
    case LinuxRoot::Erofs:
      return open_tree<ErofsReader>(std::move(source));
    case LinuxRoot::Initramfs:
      return open_tree<CpioReader>(std::move(source));
  }
  return open_tree<Ext4Reader>(std::move(source));
}

Result<void> open_linux(OpenedImage& image) {
  FAASC_TRY(LinuxDisk disk, open_linux_disk(image.disk));
  image.family = KernelFamily::Linux;
  image.has_partitions = disk.has_partitions;
  image.bios_bootable = disk.bios_bootable;
  image.uefi_bootable = disk.uefi_bootable;
  image.regions = disk.regions;
  FAASC_TRY(std::shared_ptr<const StoredTree> root,
            open_root(disk.root, piece_of(image.disk, disk.rootfs.offset_bytes, disk.rootfs.size_bytes)));
  image.parts.push_back({"root", disk.rootfs, std::move(root)});
  add_esp(image, disk.esp);
  return {};
}

// The names in `path`, or rather the one among its siblings, that is most like what was asked for.
std::string nearest_path(const StoredTree& tree, const std::string& parent, const std::string& name) {
  const StoredEntry* directory = parent.empty() ? nullptr : tree.find(parent);
  std::vector<std::string_view> names;
  for (const StoredEntry& entry : below(tree, directory)) {
    std::string_view rest = std::string_view(entry.path).substr(parent.size() + 1);
    if (rest.find('/') == std::string_view::npos) names.push_back(rest);
  }
  std::string_view near = nearest(name, names);
  return near.empty() ? "" : parent + "/" + std::string(near);
}

}  // namespace

Result<const ImagePart*> OpenedImage::part(std::string_view name) const {
  std::string names;
  for (const ImagePart& part : parts) {
    if (part.name == name) return &part;
    names += (names.empty() ? "'" : ", '") + part.name + "'";
  }
  return Error{Fault::Input,
               kImageNoPart,
               "'" + path.string() + "' has no partition '" + std::string(name) + "' to look into",
               {},
               "it has " + names};
}

Result<OpenedImage> open_image(std::shared_ptr<const DiskContents> disk, const std::filesystem::path& path) {
  OpenedImage image;
  image.path = path;
  image.disk = std::move(disk);
  auto family = family_of_disk(*image.disk);
  if (!family)
    return Error{Fault::Input,
                 kImageUnknown,
                 "'" + path.string() +
                     "' is not an image that faasc can look into: it holds neither Nanos' nor "
                     "Linux' file system",
                 {},
                 "see whether it is the right file, and complete"};
  Result<void> opened = *family == KernelFamily::Nanos ? open_nanos(image) : open_linux(image);
  FAASC_CHECK(std::move(opened).during("reading '" + path.string() + "'"));
  return image;
}

Result<OpenedImage> open_image(const std::filesystem::path& path) {
  FAASC_TRY(DiskFormat format, format_of_file(path));
  FAASC_TRY(std::shared_ptr<const DiskContents> disk, open_disk(path, format));
  FAASC_TRY(OpenedImage image, open_image(std::move(disk), path));
  image.format = format;
  return image;
}

Result<const StoredEntry*> find_in_image(const StoredTree& tree, std::string_view path, LastLink last) {
  std::string left(path), at;  // `at` has no links in it; empty is the root
  const StoredEntry* entry = nullptr;
  for (int links = 0; !left.empty();) {
    std::size_t slash = left.find('/');
    std::string name = left.substr(0, slash);
    left.erase(0, slash == std::string::npos ? std::string::npos : slash + 1);
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      at.erase(at.empty() ? 0 : at.rfind('/'));
      entry = at.empty() ? nullptr : tree.find(at);
      continue;
    }
    std::string next = at + "/" + name;
    const StoredEntry* found = tree.find(next);
    if (!found) {
      std::string near = nearest_path(tree, at, name);
      std::string asked = path.starts_with('/') ? std::string(path) : "/" + std::string(path);
      return Error{Fault::Input,
                   kImageNoPath,
                   "there is no '" + asked + "' in the image" +
                       (next == asked ? "" : ": '" + next + "' is missing") +
                       (near.empty() ? "" : "; did you mean '" + near + "'?"),
                   {},
                   "'faasc image tree' draws all that is there"};
    }
    bool more = left.find_first_not_of('/') != std::string::npos;
    if (found->kind == StoredEntry::Kind::Symlink && (more || last == LastLink::Follow)) {
      if (++links > kMaxLinks)
        return Error{Fault::Input,
                     kImageNoPath,
                     "'" + std::string(path) + "' leads through symbolic links without end",
                     {},
                     "'faasc image ls -l' shows where they lead"};
      if (found->target.starts_with('/')) at.clear();
      entry = at.empty() ? nullptr : tree.find(at);
      left = left.empty() ? found->target : found->target + "/" + left;
      continue;
    }
    if (more && found->kind != StoredEntry::Kind::Directory)
      return Error{Fault::Input,
                   kImageNoPath,
                   "'" + next + "' in the image is not a directory",
                   {},
                   "'faasc image tree' draws all that is there"};
    at = std::move(next);
    entry = found;
  }
  return entry;
}

StoredRange below(const StoredTree& tree, const StoredEntry* directory) {
  const std::vector<StoredEntry>& all = tree.entries();
  if (!directory) return {all.data(), all.data() + all.size()};
  const StoredEntry* first = directory + 1;
  const StoredEntry* past = first;
  // In this order everything inside of a directory follows it at once.
  const std::string prefix = directory->path + "/";
  while (past != all.data() + all.size() && past->path.starts_with(prefix)) ++past;
  return {first, past};
}

}  // namespace faasc
