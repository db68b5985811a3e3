#include "packager/image/volume.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "packager/disk/nanos_disk.h"
#include "packager/ext4/ext4_writer.h"
#include "packager/image/codes.h"
#include "packager/image/opened_image.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kRootLabel = "faasc-root";  // packager/disk/linux_disk.h
constexpr std::size_t kTfsLabelBytes = 31, kExt4LabelBytes = 16;

Error no_volume(const fs::path& path, const std::string& why, std::string hint) {
  return {Fault::Input, kVolumeUnusable, "'" + path.string() + "' is no volume: " + why, {}, std::move(hint)};
}

}  // namespace

std::string wrong_with_label(const std::string& label, KernelFamily family) {
  const std::size_t most = family == KernelFamily::Nanos ? kTfsLabelBytes : kExt4LabelBytes;
  if (label.empty()) return "it is empty";
  if (label.size() > most)
    return "'" + label + "' has " + std::to_string(label.size()) + " bytes; at most " + std::to_string(most) +
           " are possible";
  if (label == kRootLabel) return "'" + label + "' is what the root of a machine is called";
  bool plain = std::all_of(label.begin(), label.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  if (!plain) return "'" + label + "' has other characters than letters, digits, '.', '_' and '-'";
  return {};
}

Result<void> create_volume(const fs::path& path, KernelFamily family, std::uint64_t size_bytes,
                           const std::string& label) {
  std::error_code error;
  if (fs::symlink_status(path, error).type() != fs::file_type::not_found)
    return Error{Fault::Input,
                 kVolumeExists,
                 "'" + path.string() + "' is there already",
                 {},
                 "a volume is never written over: remove the file first, or choose another name"};
  if (family == KernelFamily::Nanos) {
    FAASC_TRY([[maybe_unused]] Image image, write_nanos_volume(label, size_bytes, path));
    return {};
  }
  FAASC_TRY([[maybe_unused]] Ext4Image image,
            write_ext4(Rootfs(), {.free_bytes = size_bytes, .label = label, .journal = true}, path));
  return {};
}

Result<Volume> read_volume(const fs::path& path) {
  auto opened = open_image(path);
  if (!opened) {
    if (opened.error().code == kImageUnknown)
      return no_volume(path, "it holds neither Nanos' nor Linux' file system",
                       "'faasc volume create " + path.filename().string() + ".new --size 64MiB' makes one");
    return std::move(opened).error();
  }
  if (opened->format != DiskFormat::Raw)
    return no_volume(path, "it is of the format " + std::string(name_of(opened->format)) + ", and not raw",
                     "'faasc image convert --to raw' makes a raw one of it");
  if (opened->has_partitions)
    return no_volume(path, "it has partitions", "a volume is one file system from its first byte on");
  Volume volume{
      .family = opened->family, .label = opened->root().label(), .uuid = opened->root().uuid_text()};
  if (volume.label == kRootLabel || opened->attributes.contains("program"))
    return no_volume(path, "it is the root of a machine", "name the file that 'faasc volume create' made");
  if (volume.label.empty() && volume.family == KernelFamily::Linux)
    return no_volume(path, "its ext4 has no label, by which the guest would find it",
                     "give it one: e2label '" + path.string() + "' NAME");
  return volume;
}

}  // namespace faasc
