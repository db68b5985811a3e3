#include "compiler/build/image_delivery.h"

#include <cerrno>
#include <cstdio>

#include "base/file.h"
#include "compiler/build/image_contents.h"
#include "manifests/codes.h"
#include "manifests/quantity.h"
#include "packager/disk/formats/block_map.h"
#include "packager/disk/formats/convert.h"
#include "packager/disk/formats/raw_disk.h"

namespace faasc {
namespace fs = std::filesystem;

DiskFormat image_format(const Manifest& manifest) {
  return disk_format_named(*manifest.image.format).value_or(DiskFormat::Raw);
}

ImageDelivery::ImageDelivery(const Manifest& manifest, fs::path image, fs::path work_dir)
    : manifest_(manifest), image_(std::move(image)) {
  bool convert = image_format(manifest) != DiskFormat::Raw;
  raw_ = convert || manifest.image.max_size ? work_dir / "disk.raw" : image_;
  if (convert) converted_ = work_dir / "disk.converted";
}

ImageDelivery::~ImageDelivery() {
  std::error_code ignored;
  if (raw_ != image_) fs::remove(raw_, ignored);
  if (!converted_.empty()) fs::remove(converted_, ignored);
}

Result<Image> ImageDelivery::deliver(Image image, const Rootfs& rootfs, const Kernel& kernel,
                                     Diagnostics& diagnostics) {
  if (raw_ == image_) return image;
  fs::path finished = raw_;
  if (!converted_.empty()) {
    FAASC_TRY(Image converted, convert_image(raw_, image_format(manifest_), converted_));
    image.size_bytes = converted.size_bytes;
    image.allocated_bytes = converted.allocated_bytes;
    finished = converted_;
  }
  if (manifest_.image.max_size) FAASC_CHECK(check_size(finished, rootfs, kernel, diagnostics));
  if (diagnostics.has_errors()) return image;
  if (std::rename(finished.c_str(), image_.c_str()) != 0) return io_error("write", image_, errno);
  image.path = image_;
  return image;
}

Result<void> ImageDelivery::check_size(const fs::path& file, const Rootfs& rootfs, const Kernel& kernel,
                                       Diagnostics& diagnostics) const {
  std::uint64_t most = **manifest_.image.max_size;
  // By the bytes, not by what the host's file system says: it may compress, or reserve in advance.
  FAASC_TRY(std::shared_ptr<const DiskContents> bytes, open_raw_disk(file));
  FAASC_TRY(std::uint64_t taken, data_bytes(*bytes));
  if (taken <= most) return {};
  Diagnostic finding = manifest_.finding(
      Severity::Error, kImageTooLarge,
      "max_size '" + quantity_text(most) + "' is exceeded: " + image_.filename().string() + " takes " +
          size_text(taken) + ", " + size_text(taken - most) + " too much",
      manifest_.image.max_size->place, "leave out what the function does not need, or allow more");
  std::vector<std::string> klibs;
  for (const Located<std::string>& klib : manifest_.image.klibs) klibs.push_back(*klib);
  for (const Contribution& part : largest_contributions(rootfs, kernel, klibs))
    finding.notes.push_back(manifest_.finding(Severity::Note, "", size_text(part.bytes) + ": " + part.what,
                                              manifest_.image.max_size->place));
  for (Diagnostic& note : finding.notes) note.line_text.clear();
  diagnostics.add(std::move(finding));
  return {};
}

}  // namespace faasc
