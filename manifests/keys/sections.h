#pragma once

// The tables of the manifest's sections; the root's is in manifests/keys.cc.

#include <span>

#include "manifests/keys.h"

namespace faasc {

std::span<const Key> build_keys();
std::span<const Key> resource_keys();
std::span<const Key> limit_keys();
std::span<const Key> http_keys();
std::span<const Key> network_keys();
std::span<const Key> logging_keys();
std::span<const Key> file_keys();
std::span<const Key> mount_keys();
std::span<const Key> image_keys();
std::span<const Key> test_keys();

}  // namespace faasc
