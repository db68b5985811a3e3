#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/image/opened_image.h"

namespace faasc {

/// What an image's kernel starts, as the image says it: Nanos' root tuple, or /etc/faasc/program, which our
/// init for Linux reads.
struct ImageProgram {
  std::string executable, working_directory;
  std::vector<std::string> arguments, environment;  ///< environment: "NAME=value", sorted
  bool writable = true;                             ///< false: Nanos mounts the root read-only
  std::uint64_t room_bytes = 0;                     ///< of the root's file system that no file fills
};

/// FAASC0765 where the image says nothing of the kind, or not in a form that is known.
Result<ImageProgram> program_of(const OpenedImage& image);

}  // namespace faasc
