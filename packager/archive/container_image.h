#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/archive/container_config.h"
#include "packager/archive/container_files.h"

namespace faasc {

/// A file of an image, by what its content has to be.
struct ContainerBlob {
  std::string path;                         ///< in the ContainerFiles
  std::string digest;                       ///< "sha256:…" of the file as it is; empty: not known
  std::optional<std::uint64_t> size_bytes;  ///< likewise
};

/// What an image consists of, found but for the layers' bytes.
struct ContainerImage {
  std::string reference;  ///< a tag or name, empty where it has none
  ContainerConfig config;
  std::vector<ContainerBlob> layers;  ///< the lowest first, as many as config.diff_ids
};

/// Which image to take where there are several.
struct ContainerChoice {
  std::string reference;  ///< empty: there has to be one only
  std::string architecture = "amd64";
};

/// Whether the files are those of an OCI image layout, or what `docker save` wrote.
bool is_container_image(const ContainerFiles& files);

/// Reads an OCI image layout (OCI image specification 1.1, "Image Layout"; nested indexes are followed) or
/// what `docker save` wrote (manifest.json). Every description is checked against its digest. FAASC0535 for
/// what does not add up, FAASC0536 for a digest that is another, FAASC0537 where the choice fits no image or
/// several.
Result<ContainerImage> read_container_image(const ContainerFiles& files, const ContainerChoice& choice);

}  // namespace faasc
