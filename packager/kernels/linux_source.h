#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace faasc {

/// One version of the distribution's package of Linux' sources.
struct LinuxSource {
  std::string package;  ///< "linux-source-6.1"
  std::string version;  ///< "6.1.192-2"
  std::string sha256;   ///< of the package file, as the distribution's signed lists have it; empty where apt
                        ///< does not say
  std::uint64_t download_bytes = 0;
};

/// The source that `wanted` means: "" (what the package linux-source depends on), a series ("6.1"), or the
/// version of a package ("6.1.192-2"). FAASC0644 where apt knows none.
Result<LinuxSource> choose_linux_source(std::string_view wanted);

/// What the steps of getting a source take on the disk at most; what a build of the kernel adds to it.
inline constexpr std::uint64_t kLinuxSourceBytes = std::uint64_t{1800} << 20;
inline constexpr std::uint64_t kLinuxObjectBytes = std::uint64_t{500} << 20;

/// Downloads and unpacks a source below `work`, which is ours alone: <work>/source. Steps that an earlier
/// call finished are not done again; the package is compared with its digest each time that it is used.
/// FAASC0650 where it is no package of Linux' sources.
Result<std::filesystem::path> get_linux_source(const LinuxSource& source, const std::filesystem::path& work,
                                               const std::function<void(const std::string&)>& say);

/// FAASC0646 where the file system of `work` lacks room for what is still to be done there; `free_bytes`
/// instead of what it says.
Result<void> check_room_for_build(const std::filesystem::path& work,
                                  std::optional<std::uint64_t> free_bytes = {});

}  // namespace faasc
