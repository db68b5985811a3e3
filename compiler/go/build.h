#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/function.h"
#include "compiler/go/choose.h"
#include "packager/rootfs/program.h"

namespace faasc {

/// Where the executable of a Go function is in the guest; that of a Lambda function, and where it runs.
inline constexpr const char* kGoExecutable = "/bin/function";
inline constexpr const char* kGoLambdaExecutable = "/var/task/bootstrap";
inline constexpr const char* kGoLambdaDirectory = "/var/task";

struct GoRequest {
  std::filesystem::path project_dir =
      ".";                   ///< as the user would type it; places in diagnostics start with it
  std::string source = ".";  ///< relative to project_dir: where to look for packages
  std::string version;       ///< "1.22": only this Go; empty: any
  std::string package;       ///< a directory relative to source, or an import path; empty: any
  std::vector<std::string> tags, ldflags;
  std::string goamd64 = "v1";  ///< where `architecture` is amd64
  bool cgo = false;
  enum class Modules : std::uint8_t { Auto, ReadOnly, Vendor } modules = Modules::Auto;
  bool offline = false;
  bool debuggable = false;  ///< the module's own packages are compiled without optimisation
  enum class Lint : std::uint8_t {
    Off,
    Warn,
    Strict
  } lint = Lint::Off;                  ///< calls that a unikernel cannot serve
  std::string architecture = "amd64";  ///< as GOARCH has it
  go::Wanted wanted;                   ///< but for `package`
  std::filesystem::path work_dir;      ///< ours alone; kept between builds
  int jobs = 1;
  std::filesystem::path installation;  ///< share/faasc/go
};

struct GoBuild {
  Function function;
  Program program;                            ///< without environment variables
  std::filesystem::path executable;           ///< what is loaded of debug_file
  std::filesystem::path debug_file;           ///< with symbols and line numbers
  std::vector<std::filesystem::path> inputs;  ///< everything outside work_dir that decided the result
};

/// Finds the handler, joins it to the runtime by `go build -overlay`, and compiles it to one executable.
/// Never writes below project_dir, and never changes go.mod or go.sum. What the user can mend is said in
/// `diagnostics`; where that stops the build, the error's code is kGoDoesNotCompile. Two requests that differ
/// only in directories give the same executable.
Result<GoBuild> build_go(const GoRequest& request, Diagnostics& diagnostics,
                         const std::function<void(const std::string&)>& progress = {});

}  // namespace faasc
