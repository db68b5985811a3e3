#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/go/facts.h"
#include "compiler/go/toolchain.h"

namespace faasc::go {

struct DetectorRequest {
  const Toolchain& toolchain;
  std::filesystem::path sources;      ///< share/faasc/go/detector
  std::filesystem::path cache_dir;    ///< the compiled detector is kept here, for every function of this user
  std::filesystem::path directory;    ///< where to look, absolute
  std::string module;                 ///< the path of the module that it is in
  std::filesystem::path module_root;  ///< and its directory
  std::vector<std::string> tags;
  std::string architecture = "amd64";
  bool cgo = false;
};

/// Runs the detector over the packages below a directory. It is compiled first where this has not been done
/// with this Go: so it knows the language that this Go knows, and faasc itself is built without Go.
Result<Facts> detect(const DetectorRequest& request);

/// What the detector's own compilation depends on; for messages of progress: whether `detect` has to compile.
Result<std::filesystem::path> detector_program(const DetectorRequest& request);

}  // namespace faasc::go
