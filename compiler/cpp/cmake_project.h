#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"

namespace faasc {

/// A target of a CMake project that makes the function.
struct CMakeRequest {
  std::filesystem::path project_dir;  ///< of faas.yaml, as the user would type it
  std::string directory = ".";        ///< of CMakeLists.txt, relative to it
  std::string target;
  SourcePlace directory_place, target_place;  ///< of the values in faas.yaml
  int standard = 17;                          ///< where the target asks for none
  std::string file_names;                     ///< of all C and C++ files: patterns may take another one
  std::filesystem::path work_dir;             ///< ours alone; kept between builds
  int jobs = 1;
  bool offline = false;
  std::string launcher;  ///< runs the compilers of what CMake builds: "ccache"; empty: none
};

/// What CMake says of it.
struct CMakeProject {
  std::vector<std::string> sources;                           ///< relative to project_dir
  std::map<std::string, std::vector<std::string>> arguments;  ///< for the compiler, by source
  std::vector<std::string> link;                              ///< static libraries, in the linker's order
  bool has_built_parts = false;               ///< CMake built some of it: libraries, generated sources
  std::vector<std::filesystem::path> inputs;  ///< what decided it: absolute
};

/// Configures the project with CMake in a directory of ours, nothing in the user's, and takes the target's
/// sources and flags from CMake's File API; does nothing of that where no CMake file has changed. The
/// libraries of the project that the target needs, and sources that are generated, are built by `cmake
/// --build`. This runs what the user's CMake files say.
/// The frameworks whose headers come with faasc are found by find_package().
/// Complaints with a place in faas.yaml go to `diagnostics`; the error then only says that there is no
/// project.
Result<CMakeProject> read_cmake_project(const CMakeRequest& request, Diagnostics& diagnostics,
                                        const std::function<void(const std::string&)>& progress);

}  // namespace faasc
