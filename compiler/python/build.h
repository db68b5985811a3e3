#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/cache/step_cache.h"
#include "compiler/function.h"
#include "compiler/python/detect.h"
#include "compiler/python/interpreter.h"
#include "packager/rootfs/program.h"

namespace faasc {

/// What belongs to faasc itself.
struct PythonInstallation {
  std::filesystem::path scripts;  ///< share/faasc/python/scripts: run on the host
  std::filesystem::path runtime;  ///< share/faasc/python/guest: goes into images
  std::filesystem::path
      fallback;  ///< share/faasc/python/fallback: goes into images where no requirement has it
};

struct PythonRequest {
  std::filesystem::path project_dir =
      ".";                         ///< as the user would type it; places in diagnostics start with it
  std::string source = ".";        ///< relative to project_dir
  std::vector<std::string> files;  ///< relative to source: all that belongs to the function, data included
  std::string version;             ///< "", "3.11" or "3.11.7"
  python::WantedHandler wanted;
  std::filesystem::path requirements;  ///< a requirements file or pyproject.toml; empty: there is none
  std::filesystem::path wheels;        ///< empty: none
  std::string index;
  std::string prune = "stdlib";      ///< "none", "stdlib", "all"
  std::vector<std::string> include;  ///< modules to stage although no import of them is seen
  bool bytecode = true;
  bool offline = false;
  bool locked = false;       ///< nothing but what requirements.lock, or hashes, name
  SourcePlace locked_place;  ///< of the word that asks for that
  enum class Lint : std::uint8_t {
    Off,
    Warn,
    Strict
  } lint = Lint::Warn;             ///< calls that a unikernel cannot serve
  std::filesystem::path work_dir;  ///< ours alone; kept between builds; lock_python needs none
  StepCache* steps = nullptr;  ///< for what a lock names; null: what pip installs is kept on this host alone
  PythonInstallation installation;
};

/// What is being done, for showing how far the build is.
using PythonProgress = std::function<void(const std::string& what)>;

struct PythonBuild {
  Function function;
  Program program;  ///< without environment variables, which are the driver's
  PythonInterpreter interpreter;
  int modules = 0;                            ///< in the image
  int compiled = 0;                           ///< of these, those whose byte code was not in the cache
  std::vector<std::filesystem::path> inputs;  ///< files and directories that decided the result
};

/// Chooses an interpreter and the handler, resolves the requirements, and stages the interpreter, the part of
/// the standard library that is reachable, the requirements and the function. Nothing of the user's is
/// imported or run. Complaints about the user's input go to `diagnostics`; the error that comes back with
/// them only says that the build did not happen. The layout of the guest does not depend on the host's:
///
///   /usr/bin/python3.11                 the interpreter, started with /usr/lib/faasc/python/start.pyc
///   /usr/lib/python3.11/…               the standard library as byte code, lib-dynload, site-packages
///   /usr/lib/faasc/python/…             faasc's runtime
///   /var/task/…                         the function, and where it runs
Result<PythonBuild> build_python(const PythonRequest& request, Diagnostics& diagnostics,
                                 const PythonProgress& progress = {});

/// What lock_python wrote.
struct PythonLock {
  std::filesystem::path file;  ///< requirements.lock in the project's directory
  int distributions = 0;       ///< 0: the function requires nothing, and nothing was written
  std::string python;          ///< the version of the interpreter that it is for
};

/// Resolves the requirements anew and writes down one version, and the digest, of each. Findings as above.
Result<PythonLock> lock_python(const PythonRequest& request, Diagnostics& diagnostics,
                               const PythonProgress& progress = {});

}  // namespace faasc
