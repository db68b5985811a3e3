#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/go/choose.h"
#include "compiler/go/facts.h"
#include "compiler/go/module_file.h"

namespace faasc::go {

/// Where in the user's module faasc's own packages seem to be. They exist in the build only.
inline constexpr const char* kOverlayDirectory = "zz_faasc";

struct OverlayRequest {
  const Facts& facts;
  const Chosen& chosen;
  const Module& module;
  std::filesystem::path directory;    ///< where the facts were found, absolute
  std::filesystem::path runtime_dir;  ///< share/faasc/go/faasrt
};

/// Files that `go build -overlay` puts into the user's module, without a write to it: the runtime, the
/// generated main function, and the user's files that import Google's framework with that import's path
/// changed.
struct Overlay {
  std::map<std::filesystem::path, std::filesystem::path>
      installed;                                           ///< path in the module → file of the runtime
  std::map<std::filesystem::path, std::string> generated;  ///< path in the module → its text
  std::string target;                                      ///< what to build, relative to the module's root
};

Result<Overlay> plan_overlay(const OverlayRequest& request);

/// Writes the generated files below `work_dir`, those that changed, and `work_dir`/overlay.json, which is
/// returned.
Result<std::filesystem::path> write_overlay(const Overlay& overlay, const std::filesystem::path& work_dir);

/// The text of a Go file with the imports of Google's framework turned into `runtime`'s, an import path.
/// Every line keeps its number.
std::string with_runtime_imports(const std::string& text, const File& file, const std::string& runtime);

}  // namespace faasc::go
