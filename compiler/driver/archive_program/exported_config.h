#pragma once

#include <filesystem>

#include "base/result.h"
#include "packager/archive/container_config.h"
#include "packager/image/opened_image.h"

namespace faasc {

/// How a container engine would run what an image runs. Empty where it does not say so.
ContainerConfig config_of(const OpenedImage& image);

/// Adds what the VM spec beside the image says: the port. Nothing where there is no spec.
void add_spec(const std::filesystem::path& image, ContainerConfig& config);

}  // namespace faasc
