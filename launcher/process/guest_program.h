#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace faasc {

/// What a machine of a VmSpec would run, for whoever runs it without the machine.
struct GuestProgram {
  std::string executable;                           ///< absolute path in the root
  std::string working_directory;                    ///< likewise
  std::vector<std::string> arguments, environment;  ///< environment: "NAME=value"
  bool root_is_writable = false;
  std::uint64_t room_bytes = 0;  ///< in a root that is writable, on top of what is there
  /// Puts the root's files into a directory that is empty, or has nothing but dev and proc in it, which are
  /// to stay as they are.
  std::function<Result<void>(const std::filesystem::path& directory)> fill_root;
};

}  // namespace faasc
