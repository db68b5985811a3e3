#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

/// What a Linux kernel of faasc's is built for.
enum class LinuxProfile : std::uint8_t {
  Tiny,      ///< one function in one machine
  Standard,  ///< also sandboxes and containers inside of the machine, and more devices
};
constexpr std::string_view name_of(LinuxProfile profile) {
  return profile == LinuxProfile::Tiny ? "tiny" : "standard";
}

/// What `make allnoconfig` is given as KCONFIG_ALLCONFIG (Documentation/kbuild/kconfig.rst in Linux'
/// sources).
struct LinuxConfig {
  std::string text;
  std::vector<std::string> required;  ///< lines of it that must be in the .config that comes out
  std::vector<std::string> wanted;    ///< lines that not every version of Linux has
};

/// The fragments `tiny.config` and, for the other profile, `standard.config` of `fragments`, and the part of
/// the release's name that follows Linux' own version.
Result<LinuxConfig> read_linux_config(const std::filesystem::path& fragments, LinuxProfile profile,
                                      std::string_view local_version);

/// The lines of `wanted` that did not take effect in `dot_config`, the text of a .config. FAASC0648 where one
/// of `required` did not.
Result<std::vector<std::string>> check_linux_config(const LinuxConfig& config, std::string_view dot_config);

}  // namespace faasc
