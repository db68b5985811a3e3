#pragma once

#include <filesystem>
#include <string_view>

#include "manifests/manifest.h"

namespace faasc {

/// Where a build puts what it makes. All absolute.
struct BuildPlace {
  std::filesystem::path image;
  std::filesystem::path spec;      ///< of the machine, beside the image
  std::filesystem::path work_dir;  ///< `.faasc/<stem of the image>`: everything intermediate

  std::filesystem::path record() const { return work_dir / "record.json"; }
  std::filesystem::path lock() const { return work_dir / "lock"; }
};

/// `output` is the image's path; empty: build/<name> in the project, with the extension of the image's
/// format.
BuildPlace build_place(const Manifest& manifest, const std::filesystem::path& output);

/// That of the build which wrote this image.
BuildPlace build_place_of_image(const std::filesystem::path& image);

}  // namespace faasc
