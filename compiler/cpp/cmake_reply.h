#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace faasc::cpp {

/// A source file as a CMake target compiles it.
struct CMakeSource {
  std::string path;                    ///< absolute
  bool is_cpp = true;                  ///< false: C
  bool is_generated = false;           ///< made by a build rule
  std::vector<std::string> arguments;  ///< -std, macros, directories and flags, in the compiler's words
};

/// What CMake's File API says of one target. See "codemodel" version 2 in cmake-file-api(7).
struct CMakeTargetReply {
  std::string name, type;               ///< "EXECUTABLE", "STATIC_LIBRARY", …
  std::vector<CMakeSource> sources;     ///< C and C++ only, each once
  std::vector<std::string> foreign;     ///< sources in other languages
  std::vector<std::string> link;        ///< the link line's libraries and their directories, in its order
  std::vector<std::string> artifacts;   ///< what is built for it: absolute
  std::vector<std::string> depends_on;  ///< names of targets, all levels
};

struct CMakeReply {
  std::vector<CMakeTargetReply> targets;
  std::vector<std::string> inputs;  ///< the CMake files that were read, but for those of the build directory
  std::filesystem::path index;      ///< the reply's own first file, which another configuration replaces
};

/// Reads the newest reply below `build_dir`; the query must have asked for codemodel-v2 and cmakeFiles-v1.
/// An error where it is not there or not understood.
Result<CMakeReply> read_cmake_reply(const std::filesystem::path& build_dir);

/// The words of a fragment of a command line, quoted as for a shell.
std::vector<std::string> shell_words(const std::string& text);

}  // namespace faasc::cpp
