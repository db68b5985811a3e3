#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace faasc {

/// What a build is asked to tell make or Ninja about itself.
struct DepfileRequest {
  std::filesystem::path file;        ///< empty: the image's path and ".d"
  std::vector<std::string> targets;  ///< as make is to read them; empty: the image as the user typed it
  bool phony = false;                ///< a rule of its own for every file, so that make outlives its removal
};

/// `text` as a name in a rule, for GNU make and for Ninja: ' ', '#', ':' and '$' lose their meaning, and the
/// backslashes before them are doubled.
std::string make_quoted(std::string_view text);

/// One rule: `targets` depend on `prerequisites`, which are plain paths. A path with a line break or a ';'
/// cannot be written in a rule and is left out. Ninja reads no name with "'" or '&': it builds again then.
std::string depfile_text(const std::vector<std::string>& targets,
                         const std::vector<std::string>& prerequisites, bool phony);

}  // namespace faasc
