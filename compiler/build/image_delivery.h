#pragma once

#include <cstdint>
#include <filesystem>

#include "base/diagnostics.h"
#include "base/result.h"
#include "manifests/manifest.h"
#include "packager/disk/formats/disk_format.h"
#include "packager/disk/image.h"
#include "packager/kernels/kernel.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// What the manifest's `image.format` names.
DiskFormat image_format(const Manifest& manifest);

/// From the raw disk that the packager writes to the image that the manifest asks for: converted, and held
/// against `image.max_size`. What is not finished lies in the build's work directory, so that the last image
/// stays where it is until the new one is known to be good.
class ImageDelivery {
 public:
  ImageDelivery(const Manifest& manifest, std::filesystem::path image, std::filesystem::path work_dir);
  ~ImageDelivery();
  ImageDelivery(const ImageDelivery&) = delete;
  ImageDelivery& operator=(const ImageDelivery&) = delete;

  /// Where the packager is to write the raw disk: the image's own place where nothing is left to be done.
  const std::filesystem::path& raw() const { return raw_; }

  /// Makes the image of it. An image that is too large is a finding in `diagnostics`, with what takes the
  /// most room, and the last image is left alone.
  Result<Image> deliver(Image raw, const Rootfs& rootfs, const Kernel& kernel, Diagnostics& diagnostics);

 private:
  Result<void> check_size(const std::filesystem::path& file, const Rootfs& rootfs, const Kernel& kernel,
                          Diagnostics& diagnostics) const;

  const Manifest& manifest_;
  std::filesystem::path image_, raw_, converted_;
};

}  // namespace faasc
