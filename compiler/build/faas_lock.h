#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compiler/build/pins.h"
#include "manifests/manifest.h"

namespace faasc {

/// The name of the file beside faas.yaml that pins what a function is made of.
inline constexpr const char* kFaasLock = "faas.lock";

/// What it is for in a build.
enum class LockUse : std::uint8_t {
  AsManifestSays,  ///< `build.locked`
  Require,         ///< it has to be there, and everything as it says
  Ignore,          ///< for writing it anew
};

bool is_locked(const Manifest& manifest, LockUse use);

/// As the user would type it.
std::filesystem::path faas_lock_path(const Manifest& manifest);

/// The pins of a locked function. FAASC0871 where the file is missing; but a function in Python may have its
/// requirements.lock alone where only the manifest asks, and has no pins then.
Result<std::optional<std::vector<Pin>>> read_faas_lock(const Manifest& manifest, LockUse use);

/// FAASC0870 where the function would be made of anything else, with all the differences.
Result<void> check_against(const std::vector<Pin>& locked, const std::vector<Pin>& found,
                           const Manifest& manifest);

/// One JSON object, a pin a line so that differences are readable:
///
///   {"schema": "faasc.lock/1", "pins": [
///    {"kind": "kernel", "name": "nanos", "version": "0.1.55", "digest": "sha256:…"},
///    …
///   ]}
///
/// `version` and `digest` may be missing, other names may not be there.
std::string to_faas_lock(const std::vector<Pin>& pins);

/// FAASC0872 for what is no such file.
Result<std::vector<Pin>> parse_faas_lock(std::string_view text, const std::filesystem::path& path);

/// One sentence for each difference, `locked` being what the file says: "wheel flask is 3.1.0, locked
/// is 3.0.3".
std::vector<std::string> differences(const std::vector<Pin>& locked, const std::vector<Pin>& found);

/// The kernel that the pins name: "nanos@0.1.55"; empty where they name none.
std::string locked_kernel(const std::vector<Pin>& pins);

}  // namespace faasc
