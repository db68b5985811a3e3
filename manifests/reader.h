#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostics.h"
#include "manifests/manifest.h"

namespace faasc {

/// Where `${env:NAME}` takes its values from.
struct ManifestEnvironment {
  std::function<std::optional<std::string>(std::string_view name)> lookup;

  /// The environment of this process.
  static ManifestEnvironment of_process();
};

/// Reads and checks a manifest. Every problem of the file is reported in one run, each with its code
/// (manifests/codes.h) and place; notes and warnings too. Nothing where there was an error. No file but
/// `path` is looked at.
std::optional<Manifest> read_manifest(const std::filesystem::path& path, Diagnostics& diagnostics,
                                      const ManifestEnvironment& environment);

/// The same for a text that was already read; `path` is what the places will name.
std::optional<Manifest> read_manifest_text(std::string text, const std::filesystem::path& path,
                                           Diagnostics& diagnostics, const ManifestEnvironment& environment);

}  // namespace faasc
